"""What a shop holds. Plain records, written down as JSON; money is decimal text, moments are ISO 8601 in UTC."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Image:
    id: int
    url: str
    alt: str = ""


@dataclass
class Category:
    """A node of Shopify's product taxonomy: `tc_id` like `aa-1-13-8`, `full_name` its path joined by ` > `."""

    tc_id: str
    name: str
    full_name: str


@dataclass
class Variant:
    """`options` are the values in the order of the product's option names; `weight` is in `weight_unit`, Shopify's enum."""

    id: int
    item_id: int
    options: list[str]
    sku: str
    price: str
    created_at: str
    updated_at: str
    position: int = 1
    compare_at_price: str | None = None
    barcode: str | None = None
    quantity: int = 0
    policy: str = "DENY"
    taxable: bool = True
    tracked: bool = True
    unit_cost: str | None = None
    weight: float = 0.0
    weight_unit: str = "GRAMS"
    image_id: int | None = None

    @property
    def title(self) -> str:
        return " / ".join(self.options) if self.options else "Default Title"


@dataclass
class Product:
    """`status` is ACTIVE, DRAFT or ARCHIVED; no `option_names` means the one variant that every product has."""

    id: int
    title: str
    handle: str
    vendor: str
    created_at: str
    updated_at: str
    description_html: str = ""
    product_type: str = ""
    tags: list[str] = field(default_factory=list)
    status: str = "ACTIVE"
    category: Category | None = None
    option_names: list[str] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)

    def image(self, image_id: int | None) -> Image | None:
        return next((image for image in self.images if image.id == image_id), None)


@dataclass
class Line:
    id: int
    product_id: int
    variant_id: int
    title: str
    variant_title: str
    sku: str
    vendor: str
    quantity: int
    price: str


@dataclass
class Customer:
    id: int
    email: str
    first_name: str
    last_name: str
    phone: str = ""


@dataclass
class Order:
    id: int
    number: int
    created_at: str
    updated_at: str
    customer: Customer
    lines: list[Line]
    financial_status: str = "PAID"
    cancelled_at: str | None = None


@dataclass
class Token:
    """An access token with the refresh token issued beside it. `expires_at` None: it does not expire, and the Admin API refuses
    it. `spent` says that the refresh token was used, `retired` that its successor was used too."""

    access: str
    refresh: str
    expires_at: float | None
    refresh_expires_at: float
    spent: bool = False
    retired: bool = False


@dataclass
class Installation:
    """An app in a shop. `scopes` as granted."""

    client_id: str
    scopes: list[str]
    installed_at: str
    tokens: list[Token] = field(default_factory=list)


@dataclass
class Code:
    """An authorization code, for a minute and for one exchange."""

    code: str
    client_id: str
    scopes: list[str]
    expires_at: float
    used: bool = False


@dataclass
class Subscription:
    id: int
    topic: str
    uri: str
    created_at: str
    updated_at: str
    include_fields: list[str] = field(default_factory=list)
    filter: str | None = None


@dataclass
class Attempt:
    """`answer` is the status, or in words why there was none."""

    at: str
    answer: str
    ok: bool


@dataclass
class Delivery:
    """One webhook to one address. `state`: pending, delivered, failed, dropped."""

    webhook_id: str
    event_id: str
    topic: str
    uri: str
    triggered_at: str
    body: str
    subscription_id: int | None = None
    state: str = "pending"
    due: float = 0.0
    attempts: list[Attempt] = field(default_factory=list)
    forged: bool = False


@dataclass
class BulkOperation:
    """`file` and `partial_file` name files of the sandbox; `hosted` means that the result was given, not made."""

    id: int
    query: str
    group_objects: bool
    created_at: str
    status: str = "CREATED"
    error_code: str | None = None
    completed_at: str | None = None
    object_count: int = 0
    root_object_count: int = 0
    file_size: int | None = None
    file: str = ""
    partial_file: str = ""
    expires_at: float = 0.0
    hosted: bool = False


@dataclass
class TokenRequest:
    """What was asked of the token endpoint, without secrets: for telling a race between two workers."""

    at: str
    grant: str
    outcome: str


@dataclass
class Later:
    """Something that happens by itself once time has come: `what` is a webhook topic."""

    due: float
    what: str


@dataclass
class ShopState:
    """All of one shop. `next_id` counts up; ids are made from it."""

    domain: str
    name: str
    id: int
    location_id: int
    currency: str = "CAD"
    time_zone: str = "America/Toronto"
    email: str = "owner@example.com"
    plan: str = "Basic"
    next_id: int = 1
    next_order: int = 1001
    products: dict[int, Product] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    installation: Installation | None = None
    codes: list[Code] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    operations: list[BulkOperation] = field(default_factory=list)
    token_requests: list[TokenRequest] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)
    next_results: list[str] = field(default_factory=list)


@dataclass
class App:
    """Our app at Shopify. `secrets`: the newest first; all are accepted, webhooks are signed with the oldest."""

    client_id: str
    secrets: list[str]
    platform: str
    compliance_url: str


@dataclass
class ShopifyState:
    """Everything that outlives a restart, if it is kept."""

    app: App
    shops: dict[str, ShopState] = field(default_factory=dict)
    skipped_seconds: float = 0.0
