"""Addresses of what the public sees. Those below /c/ and /i/ are permanent: they are printed on paper and signed."""

from django.urls import include, path, re_path

from verification.views import credential, desk, files, home, issuer, machine, older, receipts

_ID = r"(?P<public_id>[1-9A-HJ-NP-Za-km-z]{20,24})"

urlpatterns = [
    path("", home.home, name="home"),
    path("verify/", desk.verify, name="verify"),
    # /verify/receipts/<public_id>/: whoever has the address can read it, for 90 days.
    re_path(rf"^verify/receipts/{_ID}/$", receipts.receipt, name="receipt"),
    re_path(rf"^verify/receipts/{_ID}\.csv$", receipts.table, name="receipt-table"),
    re_path(rf"^verify/receipts/{_ID}/repetition/$", receipts.repetition, name="receipt-repetition"),
    path("vc-api/", include("verification.vc_api.urls")),  # 404 unless turned on
    # /c/<public_id>: the id of the credential has no slash at the end and is never redirected.
    re_path(rf"^c/{_ID}$", credential.credential, name="credential"),
    re_path(rf"^c/{_ID}/$", credential.credential, name="credential-slash"),
    re_path(rf"^c/{_ID}\.(?P<suffix>json|jwt|png|svg|pdf)$", files.credential_file, name="credential-file"),
    re_path(rf"^c/{_ID}/card\.png$", files.card, name="card"),
    re_path(rf"^c/{_ID}/embed/$", files.embed, name="embed"),
    re_path(rf"^c/{_ID}/ob2\.json$", older.assertion, name="credential-ob2"),
    # /i/<slug>/
    path("i/<slug:slug>/", issuer.issuer, name="issuer"),
    path("i/<slug:slug>/did.json", machine.did, name="did"),
    path("i/<slug:slug>/status/<slug:purpose>/<int:number>", machine.status_list, name="status-list"),
    path("i/<slug:slug>/ob2.json", older.issuer, name="issuer-ob2"),
    path("i/<slug:slug>/a/<slug:achievement>/", issuer.achievement, name="achievement"),
    path("i/<slug:slug>/a/<slug:achievement>/<int:number>/ob2.json", older.achievement, name="achievement-ob2"),
]
