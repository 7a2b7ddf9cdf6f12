"""Long work of a page: `jobs` has its buttons, its bar and its result, drawn as it comes in, at the `pace` that the
others at work leave. What a visitor has going on lies in `visitors`, until two minutes after the visitor has left, and
`limit` says how long it may take on a server that many share.

Imports core and ui. What any page needs that lets something work for seconds or longer goes here.
"""
