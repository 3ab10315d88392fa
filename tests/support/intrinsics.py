"""Evaluates parameters, conditions and texts of the template as CloudFormation does."""

import re
from collections.abc import Mapping
from typing import Any

PARTITION, REGION, ACCOUNT = "aws", "eu-west-2", "123456789012"


class DeployedTemplate:
    """A template, deployed under a name with these parameters; others have their defaults.
    Resources are known by their names alone: `named` has what a reference to one gives."""

    def __init__(
        self, template: Mapping[str, Any], stack: str, parameters: Mapping[str, str]
    ) -> None:
        self.template = template
        known = {name: each.get("Default", "") for name, each in template["Parameters"].items()}
        self.named: dict[str, str] = {
            **{name: str(value) for name, value in known.items()},
            **parameters,
            "AWS::StackName": stack,
            "AWS::Partition": PARTITION,
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
        }

    def has(self, resource: str) -> bool:
        """Whether the stack has that resource."""
        condition = self.template["Resources"][resource].get("Condition")
        return condition is None or self.holds({"Condition": condition})

    def properties(self, resource: str) -> Any:
        return self.value(self.template["Resources"][resource].get("Properties", {}))

    def holds(self, condition: Mapping[str, Any]) -> bool:
        ((kind, of),) = condition.items()
        if kind == "Condition":
            return self.holds(self.template["Conditions"][of])
        if kind == "Fn::Equals":
            first, second = (self.value(each) for each in of)
            return bool(first == second)
        if kind == "Fn::Not":
            return not self.holds(of[0])
        if kind == "Fn::And":
            return all(self.holds(each) for each in of)
        raise ValueError(f"{kind} is no condition that is known here.")

    def value(self, given: Any) -> Any:
        """The value, with what its functions give. Raises KeyError for an unknown name."""
        if isinstance(given, list):
            return [self.value(each) for each in given]
        if not isinstance(given, dict):
            return given
        match list(given.items()):
            case [("Ref", name)]:
                found: Any = self.named[name]
            case [("Fn::GetAtt", path)]:
                found = self.named[".".join(path)]
            case [("Fn::If", [condition, then, otherwise])]:
                found = self.value(then if self.holds({"Condition": condition}) else otherwise)
            case [("Fn::Sub", text)]:
                found = self._text(text)
            case [("Fn::Select" | "Fn::Split", _)]:
                found = self._part(given)
            case items:
                found = {name: self.value(each) for name, each in items}
        return found

    def _part(self, given: dict[str, Any]) -> Any:
        if "Fn::Split" in given:
            separator, text = given["Fn::Split"]
            return self.value(text).split(separator)
        place, parts = given["Fn::Select"]
        return self.value(parts)[int(place)]

    def _text(self, given: Any) -> str:
        text, own = given if isinstance(given, list) else (given, {})
        names = self.named | {name: self.value(each) for name, each in own.items()}
        return re.sub(r"\$\{([\w:.]+)\}", lambda found: str(names[found[1]]), text)
