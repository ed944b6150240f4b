"""What the bench of public pages serves beside the product: a bare view, and the page as a first version would make it."""
