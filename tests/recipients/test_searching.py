"""Finding somebody among very many: by how words begin, at once after a change, and never anybody else's people."""

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from issuers.tenancy import across_issuers, scope
from recipients import searching
from recipients.models import Recipient, SearchWord
from tests.factories import AwardFactory, CredentialFactory, IssuerFactory, RecipientFactory


@pytest.fixture
def large(monkeypatch):
    """Every institution counts as a large one."""
    monkeypatch.setattr(searching, "SMALL", 0)


def found(issuer, text):
    with scope(issuer):
        people = searching.narrowed(Recipient.objects.all(), text, "pk").matching(text)
        return sorted(people.values_list("name", flat=True))


@pytest.fixture
def some(db):
    issuer = IssuerFactory()
    for name, address, number in (
        ("Amal bint Khalid Al-Mansoori", "amal.m@example.org", "S001"),
        ("Malte Berg", "berg@example.org", "S002"),
        ("Łucja O’Brien", "lucja+uni@example.net", "77 A"),
        ("محمد علي", "ali@example.org", ""),
        ("田中 花子", "hanako@example.jp", ""),
    ):
        RecipientFactory(issuer=issuer, name=name, address=address, address_key=address, student_id=number)
    RecipientFactory(name="Amal Elsewhere", issuer=IssuerFactory())
    return issuer


class TestWords:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Al-Mansoori", {"al-mansoori", "al", "mansoori"}),
            ("amal.m@example.org", {"amal.m@example.org", "amal", "m"}),
            ("O’Brien ŁUCJA", {"o’brien", "o", "brien", "łucja"}),
            ("  ", set()),
            ("田中 花子", {"田中", "花子"}),
        ],
    )
    def test_of_a_text(self, text, words):
        assert searching.words_of(text) == words

    @given(st.text(max_size=200))
    def test_any_text_gives_words_that_are_found_again(self, text):
        for word in searching.words_of(text):
            assert word and len(word) <= searching.LONGEST
            assert word == word.casefold() or searching._plain(word)


class TestFinding:
    @pytest.mark.parametrize("read", [False, True], ids=["not yet written down", "written down"])
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("mansoori", ["Amal bint Khalid Al-Mansoori"]),
            ("AMAL", ["Amal bint Khalid Al-Mansoori"]),
            ("kha al-m", ["Amal bint Khalid Al-Mansoori"]),
            ("berg@example", ["Malte Berg"]),
            ("s002", ["Malte Berg"]),
            ("łuc", ["Łucja O’Brien"]),
            ("محمد", ["محمد علي"]),
            ("花", ["田中 花子"]),
            ("amal berg", []),
            ("nobody", []),
        ],
    )
    def test_by_how_words_begin(self, large, some, text, names, read):
        if read:
            assert searching.read_chunk() == 6
        assert found(some, text) == names

    def test_small_institutions_are_searched_by_any_part(self, some):
        assert found(some, "ansoor") == ["Amal bint Khalid Al-Mansoori"]

    def test_what_most_people_have_is_asked_of_the_rows(self, large, some, monkeypatch):
        searching.read_chunk()
        monkeypatch.setattr(searching, "MOST", 1)
        assert found(some, "a") == sorted(found(some, "A"))
        assert "Malte Berg" in found(some, "a")

    @pytest.mark.parametrize("text", ["\x00", "%", "_", "'; DROP", "\U0010ffff", "a" * 500, "\\"])
    def test_odd_texts_find_nothing_and_break_nothing(self, large, some, staff, issuer, text):
        searching.read_chunk()
        answer = staff.get(reverse("manage-people", args=[issuer.slug]), {"q": text})
        assert answer.status_code in {200, 400}

    def test_the_page_says_how_words_are_found(self, large, staff, issuer):
        RecipientFactory(issuer=issuer, name="Amal Student")
        searching.read_chunk()
        text = staff.get(reverse("manage-people", args=[issuer.slug]), {"q": "stud"}).content.decode()
        assert "by its beginning" in text
        assert "Amal Student" in text


class TestChanges:
    def test_a_new_name_is_found_and_the_old_one_no_more(self, large, some):
        searching.read_chunk()
        with scope(some):
            Recipient.objects.filter(name="Malte Berg").update(name="Malte Castro")
            assert Recipient.objects.filter(words_at__isnull=True).count() == 1
        assert found(some, "castro") == ["Malte Castro"]
        assert searching.read_chunk() == 1
        with scope(some):
            words = set(SearchWord.objects.filter(recipient__name="Malte Castro").values_list("word", flat=True))
        assert "castro" in words and "berg" in words  # of the address, which stays
        assert "malte" in words

    def test_whoever_was_awarded_under_another_name_is_found_by_it(self, large, some):
        with scope(some):
            person = Recipient.objects.get(name="Malte Berg")
        CredentialFactory(issuer=some, award=AwardFactory(issuer=some), recipient=person, name="Malte Vogel")
        searching.read_chunk()
        with scope(some):
            assert SearchWord.objects.filter(recipient=person, word="vogel").exists()

    def test_nothing_is_left_of_the_erased(self, large, some):
        searching.read_chunk()
        with scope(some):
            person = Recipient.objects.get(name="Malte Berg")
            assert person.search_words.exists()
            Recipient.objects.filter(pk=person.pk).update(name="", address_key="erased-1", erased_at=person.created_at)
            assert not person.search_words.exists()
        searching.read_chunk()
        with scope(some):
            assert not person.search_words.exists()

    def test_nothing_to_do_costs_one_look(self, some):
        searching.read_chunk()
        assert searching.read_chunk() == 0


@pytest.mark.django_db
class TestIndex:
    def test_row_level_security_lets_an_index_answer(self, some):
        """The reason for all of this: comparisons of text are leakproof, and patterns are not."""
        searching.read_chunk()
        with scope(some), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            rows = SearchWord.objects.filter(searching._begins("mans")).values("recipient")
            plan = rows.explain()
        assert "one_search_word_a_person" in plan
        assert "word >= 'mans'" in plan.replace("::text", "").replace("(word)", "word")

    def test_no_institution_finds_another(self, large, some):
        searching.read_chunk()
        assert found(some, "elsewhere") == []
        with across_issuers("a test looks"):
            assert SearchWord.objects.filter(word="elsewhere").exists()
