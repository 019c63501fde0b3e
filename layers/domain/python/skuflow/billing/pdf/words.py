"""The words of a document, in the languages that it is written in. Québec's buyers may ask for French."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`taxes`, `reliefs`, `registrations`: by our own words for them; what is missing is written as it is."""

    invoice: str
    tax_invoice: str
    credit_note: str
    draft: str
    void: str
    from_: str
    bill_to: str
    number: str
    not_numbered: str
    issued: str
    due: str
    period: str
    reference: str
    place_of_supply: str
    reverse_charge: str
    product_code: str
    for_invoice: str
    description: str
    quantity: str
    unit_price: str
    amount: str
    subtotal: str
    subtotal_with_taxes: str
    before_taxes: str
    taxes_contained: str
    contained: str
    total: str
    credit_used: str
    credited: str
    paid: str
    amount_due: str
    amount_credited: str
    refunded: str
    to_credit: str
    off_due: str
    pay_by: str
    paid_in_full: str
    nothing_due: str
    kept_as_credit: str
    currency: str
    terms: str
    contact: str
    usage: str
    metric: str
    events: str
    workings: str
    step: str
    more_steps: str
    tax_number: str
    number_sign: str
    page: str
    foreign: str
    rewritten: str
    credit_for: str
    metrics_unit: str
    on: str
    taxes: Mapping[str, str]
    registrations: Mapping[str, str]
    reliefs: Mapping[str, str]


ENGLISH = Words(
    invoice="Invoice",
    tax_invoice="Tax invoice",
    credit_note="Credit note",
    draft="Draft",
    void="Void",
    from_="From",
    bill_to="Bill to",
    number="Number",
    not_numbered="not yet numbered",
    issued="Issued",
    due="Due",
    period="Period",
    reference="Subscription",
    place_of_supply="Place of supply",
    reverse_charge="Tax payable on reverse charge: no.",
    product_code="HSN/SAC {code}",
    for_invoice="For invoice",
    description="Description",
    quantity="Quantity",
    unit_price="Unit price",
    amount="Amount",
    subtotal="Subtotal",
    subtotal_with_taxes="Subtotal, taxes included",
    before_taxes="Total before taxes",
    taxes_contained="Taxes contained in prices",
    contained="of which {tax}",
    total="Total",
    credit_used="Credit applied",
    credited="Credit notes",
    paid="Payments received",
    amount_due="Amount due",
    amount_credited="Amount credited",
    refunded="Refunded",
    to_credit="Kept as credit for later invoices",
    off_due="Taken off what is due",
    pay_by="Please pay by {date}",
    paid_in_full="Paid in full. Thank you.",
    nothing_due="Nothing to pay",
    kept_as_credit="Credited to your account",
    currency="All amounts in {name} ({code}).",
    terms="Payment is due within {days} days of the date of issue, by {date}. Please quote {number}.",
    contact="Questions about this document: {contact}.",
    usage="Usage in this period",
    metric="What was measured",
    events="Records",
    workings="How the charges were worked out",
    step="Step",
    more_steps="and {count} more, which the invoice as JSON has",
    tax_number="Tax number",
    number_sign="{tax} no. {number}",
    page="Page {page} of {pages}",
    foreign="Chinese, Japanese and Korean text is drawn with fonts of the program that shows this document.",
    rewritten="Some of the text was given in a script that this document cannot show, and stands here in Latin letters.",
    credit_for="Credit on invoice {number}",
    metrics_unit="{quantity} {unit}",
    on="on {amount}",
    taxes={},
    registrations={"PST_BC": "PST (BC)", "PST_SK": "PST (SK)", "RST_MB": "RST (MB)"},
    reliefs={
        "export": "Supplied outside {country}: zero-rated.",
        "customer_exempt": "Exempt from {tax} under certificate {certificate}.",
        "small_supplier": "{tax} not charged: small supplier.",
        "point_of_sale_rebate": "Point-of-sale rebate given: {tax}.",
    },
)

FRENCH = Words(
    invoice="Facture",
    tax_invoice="Facture fiscale",
    credit_note="Note de crédit",
    draft="Brouillon",
    void="Annulée",
    from_="Émetteur",
    bill_to="Facturer à",
    number="Numéro",
    not_numbered="pas encore numérotée",
    issued="Date d’émission",
    due="Échéance",
    period="Période",
    reference="Abonnement",
    place_of_supply="Lieu de fourniture",
    reverse_charge="Taxe due par autoliquidation : non.",
    product_code="HSN/SAC {code}",
    for_invoice="Sur la facture",
    description="Description",
    quantity="Quantité",
    unit_price="Prix unitaire",
    amount="Montant",
    subtotal="Sous-total",
    subtotal_with_taxes="Sous-total, taxes comprises",
    before_taxes="Total avant taxes",
    taxes_contained="Taxes comprises dans les prix",
    contained="dont {tax}",
    total="Total",
    credit_used="Crédit appliqué",
    credited="Notes de crédit",
    paid="Paiements reçus",
    amount_due="Montant à payer",
    amount_credited="Montant crédité",
    refunded="Remboursé",
    to_credit="Conservé comme crédit pour les prochaines factures",
    off_due="Déduit du montant à payer",
    pay_by="À payer au plus tard le {date}",
    paid_in_full="Payée en totalité. Merci.",
    nothing_due="Rien à payer",
    kept_as_credit="Porté au crédit de votre compte",
    currency="Tous les montants sont en {name} ({code}).",
    terms="Paiement dû dans les {days} jours suivant l’émission, au plus tard le {date}. Veuillez indiquer {number}.",
    contact="Questions au sujet de ce document : {contact}.",
    usage="Utilisation durant la période",
    metric="Mesure",
    events="Relevés",
    workings="Détail du calcul des frais",
    step="Étape",
    more_steps="et {count} autres, que donne la facture en JSON",
    tax_number="Numéro de taxe",
    number_sign="N° {tax} {number}",
    page="Page {page} de {pages}",
    foreign="Le texte chinois, japonais ou coréen est tracé avec les polices du programme qui affiche ce document.",
    rewritten="Du texte donné dans une écriture que ce document ne peut montrer figure ici en lettres latines.",
    credit_for="Crédit sur la facture {number}",
    metrics_unit="{quantity} {unit}",
    on="sur {amount}",
    taxes={"GST": "TPS", "HST": "TVH", "QST": "TVQ", "PST": "TVP", "RST": "TVD", "GST/HST": "TPS/TVH"},
    registrations={"PST_BC": "TVP (C.-B.)", "PST_SK": "TVP (Sask.)", "RST_MB": "TVD (Man.)"},
    reliefs={
        "export": "Fourniture hors du pays ({country}) : détaxée.",
        "customer_exempt": "Exonéré de {tax} selon le certificat {certificate}.",
        "small_supplier": "{tax} non perçue : petit fournisseur.",
        "point_of_sale_rebate": "Remboursement accordé au point de vente : {tax}.",
    },
)


def words_in(language: str) -> Words:
    """`language`: `fr` or anything that begins with it is French; all else is English."""
    return FRENCH if language[:2] == "fr" else ENGLISH
