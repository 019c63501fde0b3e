"""The names that product columns have in the wild: feeds of affiliate networks, exports of shops, and price lists, in English,
German, French, Spanish, Italian, Dutch, Portuguese and Hindi. Lower-case words without accents (in Hindi: without the signs
that Unicode calls combining, as `suggestion` drops them); the surest name first."""

from __future__ import annotations

_NAMES = {
    "key": (
        "id|product id|item id|handle|merchant product id|source product id|product code|item code|code"
        "|item number|article id|article number|unique id|id product|id produit|produkt id|artikel id"
        "|aw product id|reference interne|internal reference|r f rence interne|reference|ref|referenz"
        "|referencia|riferimento|numero article|listing id|asin"
        "|उतपाद कोड|कोड|उतपाद आईडी"
    ),
    "sku": (
        "sku|sku number|unique merchant sku|merchant sku|stock keeping unit|variant sku|product sku"
        "|artikelnummer|artikel nr|artikelnr|article number|reference interne|ugs|codigo|codice"
        "|codice articolo|referencia interna|item sku"
        "|एसकेयू"
    ),
    "group": (
        "item group id|parent product id|parent sku|parent id|parent|group id|product group id|parent product"
        "|parent asin|ubergeordnetes produkt|style number|style code"
    ),
    "title": (
        "title|product name|name|product title|item name|item title|article name|titel|produktname"
        "|artikelname|bezeichnung|artikelbezeichnung|produktbezeichnung|nom|nom du produit|nom produit|titre"
        "|libelle|designation|nombre|nombre del producto|titulo|producto|nome|nome prodotto|titolo|prodotto"
        "|naam|productnaam|nome do produto|produto|product|item"
        "|नाम|उतपाद का नाम|उतपाद|शीरषक"
    ),
    "description": (
        "description|product description|long description|body|body html|descriptif|beschreibung"
        "|produktbeschreibung|langtext|long product|descripcion|descrizione|omschrijving|productomschrijving"
        "|descricao|short description|details|description short|short description of product|kurzbeschreibung"
        "|description longue|description courte"
        "|विवरण|उतपाद विवरण"
    ),
    "brand": (
        "brand|brand name|manufacturer|vendor|marque|nom de la marque|marke|hersteller|marca|fabricant"
        "|fabricante|produttore|merk|merknaam|manufacturer name|designer|maker|label"
        "|बरांड|बरैंड|निरमाता"
    ),
    "category": (
        "category path|category|categories|product category|merchant category|category name|product type"
        "|primary category|category breadcrumb|category merchant|categorie|categories produit|fil d ariane"
        "|kategorie|kategorien|warengruppe|produktkategorie|categoria|categoria del producto|rubrique|rayon"
        "|department|google product category|cat gorie fil d ariane"
        "|शरेणी|वरग"
    ),
    "product_type": "type|produkttyp|tipo|type de produit|famille de produit",
    "tags": (
        "tags|keywords|search keywords|mots cles|etiquettes|schlagworter|stichworte|etiquetas|parole chiave|trefwoorden"
    ),
    "status": "status|product status|statut|estado publicacion",
    "url": (
        "product url|url|link|deep link|deeplink|deep link url|aw deep link|product link|product page"
        "|page url|url produit|urlproduit|lien|lien produit|url de la page|produkt url|produktlink"
        "|merchant deep link|link url|enlace|buy url|web|website"
    ),
    "image": (
        "image link|image url|image|main image|product image url|product image|picture|picture url|photo"
        "|image large|large image|url large image|aw image url|merchant image url|image src|image 1"
        "|image url 1|bild|bild url|bildlink|url image|url image grande|imagen|url imagen|immagine|afbeelding"
        "|imagem|thumbnail"
    ),
    "additional_images": (
        "additional image link|additional image links|additional images|images|gallery|alternate image"
        "|alternative image url|other images|alternative image url 1|additional image link 0|bilder"
        "|weitere bilder"
    ),
    "price": (
        "price|current price|selling price|sell price|search price|sales price|unit price|price value"
        "|product price|final price|price incl vat|price incl tax|price inc vat|gross price|prix|prix actuel"
        "|prix ttc|prix de vente|prix unitaire|montant ttc|tarif|preis|verkaufspreis|vk|vk brutto|bruttopreis"
        "|einzelpreis|endpreis|precio|precio de venta|precio actual|pvp|prezzo|prezzo di vendita|prijs"
        "|verkoopprijs|preco|preco de venda|cena|price without currency symbol|amount|regular price"
        "|retail price|list price|normal price|base price|regularer preis|prix normal|prix regulier"
        "|tarif regulier"
        "|मूलय|कीमत|दाम|विकरय मूलय"
    ),
    "sale_price": (
        "sale price|special price|promo price|discount price|discounted price|offer price|deal price"
        "|reduced price|promo|promotional price|prix promo|prix promotionnel|prix solde|prix remise"
        "|tarif promo|angebotspreis|aktionspreis|sonderpreis|precio oferta|precio de oferta|precio rebajado"
        "|prezzo scontato|prezzo in offerta|aanbiedingsprijs|actieprijs|preco promocional"
    ),
    "compare_at": (
        "compare at price|compare at|compare price|was price|old price|price old|product price old"
        "|original price|rrp|rrp price|msrp|mrp|from price|strike price|strikethrough price|crossed price"
        "|crossed prices|prix barre|prix conseille|ancien prix|prix avant remise|uvp|streichpreis|statt preis"
        "|alter preis|listenpreis|precio anterior|precio tachado|precio original|prezzo barrato"
        "|prezzo precedente|prezzo di listino|adviesprijs|van prijs|oude prijs|preco original|price norebate"
        "|price before discount|regular price|retail price|list price|normal price"
        "|अधिकतम खुदरा मूलय|एमआरपी|पुराना मूलय"
    ),
    "cost": (
        "cost|cost price|cost per item|purchase price|wholesale price|unit cost|prix d achat|einkaufspreis|ek"
        "|ek netto|coste|costo|precio de coste|prezzo di acquisto|inkoopprijs|custo"
    ),
    "currency": "currency|currency code|price currency|devise|wahrung|moneda|valuta|moeda|monnaie",
    "gtin": (
        "gtin|ean|ean13|ean 13|upc|barcode|gtin13|gtin 13|isbn|isbn13|universal product code|upc code"
        "|ean code|code ean|code barre|code barres|strichcode|codigo de barras|codice a barre|codice ean"
        "|streepjescode|upcorean|upc ean|gtin upc ean or isbn"
        "|बारकोड"
    ),
    "mpn": (
        "mpn|manufacturer part number|manufacturer part|part number|model number|manufacturer number"
        "|reference fabricant|r f rence fabricant|herstellernummer|herstellerartikelnummer|hersteller nr"
        "|referencia fabricante|modelnummer|model"
    ),
    "quantity": (
        "quantity|qty|stock quantity|stock|inventory quantity|inventory|stock level|in stock amount"
        "|stock amount|total stock|quantity in stock|qty in stock|on hand|available quantity|quantite"
        "|quantite en stock|menge|bestand|lagerbestand|cantidad|existencias|quantita|giacenza|voorraad"
        "|quantidade|estoque|units"
        "|मातरा|सटॉक"
    ),
    "availability": (
        "availability|stock status|stock availability|is in stock|in stock|available|disponibilite|en stock"
        "|verfugbarkeit|lieferbar|auf lager|disponibilidad|disponible|disponibilita|disponibile"
        "|beschikbaarheid|op voorraad|disponibilidade"
    ),
    "weight": (
        "weight|weight g|weight grams|weight kg|weight lb|weight lbs|weight oz|shipping weight|poids|poids kg"
        "|poids g|gewicht|gewicht kg|gewicht g|peso|peso kg|peso g"
    ),
    "condition": "condition|product condition|etat|zustand|artikelzustand|condizione|staat|condicion",
    "color": "color|colour|couleur|farbe|kleur|colore|cor|color primary|main color",
    "size": "size|taille|grosse|groesse|maat|talla|taglia|tamanho|pointure",
    "material": "material|matiere|fabric|stoff|materiale|materiaal|material description|composition",
    "pattern": "pattern|motif|muster",
    "gender": "gender|genre|sexe|geschlecht|genero|genere|gender target|geslacht|suitable for",
    "age_group": "age group|age|altersgruppe|tranche d age",
}
SYNONYMS: dict[str, dict[str, int]] = {
    field: {name: rank for rank, name in enumerate(dict.fromkeys(names.split("|")))} for field, names in _NAMES.items()
}
"""Canonical field -> name -> rank, 0 the surest."""

_NOISE = (
    "product products item merchant variant extra fashion aw produit produits article articles artikel produkt "
    "google shopping the of de du la le der die das del el"
)
NOISE = frozenset(_NOISE.split())
"""Words that say nothing about which field a column is."""
