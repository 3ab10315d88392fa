"""Code that tests share: builders of values, fakes of ports, the recorder at the seam to AWS."""
