"""What the pages share; altair is never imported here.

`frame` knows the pages and lets none run without it, and `old_links` opens what links of before name. `sidebar` has a
control for every field of the Config, drawn by `fields`; `controls` keeps those of a page, `upload` takes the visitor's
table, `teaching` hides controls in a teacher's link. `show` draws a picture and its card, `missing` says which data are
on their way and which cannot be had. `lesson` is the form of a lesson. Long work of a page is in `jobs`, what stands on
pages in `lab` and `sweeps`, the board of charts in `board`, and what comes before them all in `start`: these five
import what stands here, and nothing here imports them.

Imports core and Streamlit, never a page. What two pages need goes here, what one page needs into a file named as it.
"""
