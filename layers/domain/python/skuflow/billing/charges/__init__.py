"""How usage becomes an amount: charge models and their checks. Pure; exact until the line is rounded, once."""

from skuflow.billing.charges.arithmetic import rounded as rounded
from skuflow.billing.charges.checks import charge_problems as charge_problems
from skuflow.billing.charges.checks import fee_problems as fee_problems
from skuflow.billing.charges.model import Block as Block
from skuflow.billing.charges.model import Charge as Charge
from skuflow.billing.charges.model import ChargeModel as ChargeModel
from skuflow.billing.charges.model import Measured as Measured
from skuflow.billing.charges.model import Priced as Priced
from skuflow.billing.charges.model import Step as Step
from skuflow.billing.charges.model import Tier as Tier
from skuflow.billing.charges.pricing import price as price
