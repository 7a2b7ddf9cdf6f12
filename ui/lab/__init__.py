"""The Lab: `lab` is what stands there, `run_controls` its buttons, `messages` what it has to say, `verdict` how the
network is, `cures` what may help it, `views` which charts stand together, `wishes` how they are wanted, `unit` which
unit is looked at, `shown` what was handed to the board last, `slim` how little room the rest takes, and `runs` where
the run of a visitor lies until the visitor leaves. The page Explore looks at the same run: `explore` is what stands
there, as `ward` is on the page Ward, whose patients have charts of the lab, too.

Imports core, ui, its board and jobs. A new view is one name in `views`; the charts say themselves where they stand.
"""
