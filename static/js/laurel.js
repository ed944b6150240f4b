// Each module improves a page that already works; none of them is needed for a form.
import "./autosave.js";
import "./builder.js";
import "./copy.js";
import "./csrf.js";
import "./desk.js";
import "./dialog.js";
import "./drop.js";
import "./filter.js";
import "./once.js";
import "./over.js";
import "./pager.js";
import "./rove.js";
import "./several.js";
import "./share.js";
import "./theme.js";
import "./zone.js";
