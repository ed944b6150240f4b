"""axe, as every browser test asks it: all its usual rules, on the page as it stands."""

from axe_playwright_python.base import AXE_SCRIPT

# By default axe would load every style sheet anew, from addresses that it guesses. Only rules about media use that,
# and no page of ours plays any; the requests would outlive the test.
RUN = "axe.run({resultTypes: ['violations'], preload: false}).then(({violations}) => violations)"


def barriers(page):
    """A sentence for each rule that `page` breaks: the rule, and the first three of the elements."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    return [
        f"{broken['id']}: " + "; ".join(f"{node['target']} {node['html'][:160]}" for node in broken["nodes"][:3])
        for broken in page.evaluate(RUN)
    ]
