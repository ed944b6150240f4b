"""People who are listed together: made, renamed, filled from a list, emptied, archived."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges.criteria.facts import MEMBER, Fact
from issuers import cleaning, clock
from issuers.access import StaffRequest, member_required
from issuers.cleaning import Address, Refused
from issuers.wording import people, sentence
from recipients import grouping, importing, noticing, searching
from recipients.activities import key_of
from recipients.forms.activities import GroupForm, MembersForm
from recipients.importing.headers import suggest
from recipients.importing.people import written
from recipients.models import Group, GroupMember, Recipient
from recipients.views.activity_words import tabs
from recipients.views.paging import counted, page


@require_safe
@member_required("activity.view")
def groups(request: StaffRequest) -> HttpResponse:
    """The list by name; archived ones when asked for."""
    archived = request.GET.get("state") == "archived"
    rows = Group.objects.filter(archived_at__isnull=not archived).annotate(people=Count("members")).order_by("name")
    context = {
        "rows": rows,
        "archived": archived,
        "some_archived": Group.objects.filter(archived_at__isnull=False).exists(),
        "tabs": tabs(request, "manage-groups"),
    }
    return render(request, "recipients/activities/groups.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required("group.edit")
def new(request: StaffRequest) -> HttpResponse:
    """Make one. Its key is what rules name it by, and stays."""
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            made = grouping.make(request.issuer, request.user, key=_group_key(name), name=name)
            return redirect("manage-group", slug=request.issuer.slug, group=made.key)
        except Refused as refused:
            form.add_error("name", sentence(refused.code, **refused.params))
    status = 422 if request.method == "POST" else 200
    return render(request, "recipients/activities/group_new.html", {"form": form}, status=status)


def _group_key(name: str) -> str:
    """In letters of the alphabet; a name in another script gets a number of its own."""
    plain = "-".join("".join(char for char in key_of(name) if char.isascii()).split("-"))[:50].strip("-")
    # "new" is the address of the page that makes one.
    return plain if plain not in {"", "new"} else f"group-{Group.objects.count() + 1}"


def _one(key: str) -> Group:
    found: Group = get_object_or_404(Group, key=key)
    return found


@require_safe
@member_required("activity.view")
def group(request: StaffRequest, group: str) -> HttpResponse:
    """Its people, newest first."""
    return _page(request, _one(group))


def _members(found: Group, words: str) -> QuerySet[GroupMember]:
    rows = GroupMember.objects.filter(group=found).select_related("recipient")
    return rows.filter(recipient__in=Recipient.objects.all().matching(words)) if words else rows


def _others(found: Group, words: str) -> QuerySet[Recipient]:
    """People known here who could be added."""
    rows = searching.narrowed(Recipient.objects.filter(erased_at__isnull=True), words, "pk").matching(words)
    return rows.exclude(groups__group=found).order_by("name")[:10]


def _page(
    request: StaffRequest,
    found: Group,
    status: int = 200,
    name: GroupForm | None = None,
    text: MembersForm | None = None,
) -> HttpResponse:
    words, find = (request.GET.get(key, "").strip()[:100] for key in ("q", "find"))
    rows = _members(found, words)
    context = {
        "find": find,
        "others": _others(found, find) if find else [],
        "group": found,
        "page": page(request, rows),
        "total": counted(GroupMember.objects.filter(group=found)),
        "q": words,
        "name_form": name or GroupForm(initial={"name": found.name}),
        "members_form": text or MembersForm(),
    }
    return render(request, "recipients/activities/group.html", context, status=status)


@require_POST
@member_required("group.edit")
def name(request: StaffRequest, group: str) -> HttpResponse:
    """Call it differently."""
    found, form = _one(group), GroupForm(request.POST)
    if not form.is_valid():
        return _page(request, found, status=422, name=form)
    if grouping.rename(found, request.user, form.cleaned_data["name"]):
        messages.success(request, _("Renamed. Rules that ask for this group go on as before."))
    return redirect("manage-group", slug=request.issuer.slug, group=group)


@require_POST
@member_required("group.edit")
def members(request: StaffRequest, group: str) -> HttpResponse:
    """Add people from a pasted list."""
    found, form = _one(group), MembersForm(request.POST)
    listed = _listed(form) if form.is_valid() else None
    if listed is None:
        return _page(request, found, status=422, text=form)
    done = grouping.join(found, listed, request.user)
    if done.new:
        messages.success(request, _("%(people)s joined. Rules look at them now.") % {"people": people(done.new)})
    if done.before:
        messages.info(request, _("%(people)s were in it already.") % {"people": people(done.before)})
    if done.strangers:
        said = _(
            "Not known here, and without a name: %(addresses)s. Write their names beside, and paste these lines again."
        )
        messages.warning(
            request, said % {"addresses": ", ".join(done.strangers[:10]) + (" …" if done.strangers[10:] else "")}
        )
    return redirect("manage-group", slug=request.issuer.slug, group=group)


def _listed(form: MembersForm) -> list[tuple[str, Address]] | None:
    """Names and addresses of the lines; None, with what is wrong at the field, where one cannot be read."""
    try:
        table = importing.paste(form.cleaned_data["text"])
    except importing.FileRefused as refused:
        form.add_error("text", sentence(refused.code, **refused.params))
        return None
    fields = {index: field for index, field in suggest(table.columns).items() if field}
    found = []
    for row in table.rows:
        cells = {field: row.cells[index].strip() for index, field in fields.items() if index < len(row.cells)}
        try:
            named = written(cells)
            found.append((cleaning.name(named).value if named else "", cleaning.address(cells.get("email", ""))))
        except Refused as refused:
            said = {"line": row.line, "sentence": sentence(refused.code, **refused.params)}
            form.add_error("text", _("Line %(line)s: %(sentence)s") % said)
    return None if form.errors else found


@require_POST
@member_required("group.edit")
def removal(request: StaffRequest, group: str) -> HttpResponse:
    """Take the ticked people out."""
    found = _one(group)
    ticked = [int(value) for value in request.POST.getlist("person")[:2000] if value.isdecimal() and len(value) < 19]
    removed = grouping.remove(found, ticked, request.user)
    if removed:
        _rules_look_again(found)
        messages.success(request, _("%(people)s taken out. What was awarded stays.") % {"people": people(removed)})
    else:
        messages.warning(request, _("Tick the people to take out first."))
    return redirect("manage-group", slug=request.issuer.slug, group=group)


def _rules_look_again(group: Group) -> None:
    """A place that is gone leaves no row that rules could see as new."""
    gone = Fact(MEMBER, group.key, clock.now())
    noticing.look_again(group.issuer, noticing.asking_for(group.issuer, gone))


@require_POST
@member_required("group.edit")
def archiving(request: StaffRequest, group: str) -> HttpResponse:
    """Rules see it as empty from now on; its list is kept."""
    found = _one(group)
    if grouping.archive(found, request.user):
        _rules_look_again(found)
    messages.success(request, _("Archived. Its list is kept, and what was awarded stays."))
    return redirect("manage-group", slug=request.issuer.slug, group=group)


@require_POST
@member_required("group.edit")
def restoration(request: StaffRequest, group: str) -> HttpResponse:
    """Its people belong to it again."""
    grouping.restore(_one(group), request.user)
    messages.success(request, _("Restored. Rules look at its people again."))
    return redirect("manage-group", slug=request.issuer.slug, group=group)
