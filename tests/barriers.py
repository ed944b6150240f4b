"""axe, as every browser test asks it: all its usual rules, on the page as it stands, in every width and scheme."""

from axe_playwright_python.base import AXE_SCRIPT

# By default axe would load every style sheet anew, from addresses that it guesses. Only rules about media use that,
# and no page of ours plays any; the requests would outlive the test.
RUN = "axe.run({resultTypes: ['violations'], preload: false}).then(({violations}) => violations)"
# Colours pass from one scheme to the other in a moment, in which they cannot be read. What is not painted never arrives.
SETTLED = """Promise.race([
  Promise.all(document.getAnimations().filter(a => a instanceof CSSTransition).map(a => a.finished.catch(() => 0))),
  new Promise(resolve => setTimeout(resolve, 600)),
])"""
# Each width and each scheme once: colours are the same at every width, and what stands where is the same in every scheme.
EVERY_VIEW = ((1280, "dark"), (390, "light"))
NARROW = 360  # CSS pixels; the narrowest phone that nothing may scroll sideways on


def barriers(page):
    """A sentence for each rule that `page` breaks: the rule, and the first three of the elements."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    return [
        f"{broken['id']}: " + "; ".join(f"{node['target']} {node['html'][:160]}" for node in broken["nodes"][:3])
        for broken in page.evaluate(RUN)
    ]


def barriers_in(page, views=EVERY_VIEW):
    """The same in each of `views` (width, scheme), without another visit, and whether it scrolls sideways when narrow."""
    found = []
    for width, scheme in views:
        # Without motion a colour is the other one at once, where it would take a quarter of a second.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(SETTLED)
        found += [f"{width} px, {scheme}: {barrier}" for barrier in barriers(page)]
    page.set_viewport_size({"width": NARROW, "height": 800})
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(f"scrolls sideways at {NARROW} px")
    return found
