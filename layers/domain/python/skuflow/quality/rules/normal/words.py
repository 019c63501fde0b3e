"""Words that are words, and letters that stay capitals. Small on purpose: what is not here is looked for in the product's own
text."""

from __future__ import annotations

_SMALL = "a an and as at but by de des du en et for from in la le les of on or per the to und von with"
SMALL = frozenset(_SMALL.split())
"""Articles, prepositions and conjunctions that have no capital within a title."""

_SIZES = "XXS XS S M L XL XXL XXXL XXXXL OS OSFA"
SIZES = frozenset(_SIZES.split())

_ACRONYMS = (
    "ABS AC ANSI ASTM ATV BBQ BPA BNIB CAD CCTV CD CE CNC COB CPU DC DDR DIN DIY DPI DSLR DVD EDP EDT EPDM EU EVA "
    "FAQ FM GB GPS GPU GSM GTIN HD HDMI HDPE HDTV HEPA HIFI HP HPLC HSS ID IKEA IP IPTV IPX ISBN ISO JDM JIS LCD "
    "LDPE LED LP MDF MIDI MIG MPN MUSB NASA NBR NEMA NFC NFL NHL NBA NOS NPT NVME OBD OEM OLED OTG PA PBT PC PCB "
    "PE PEEK PET PLA POM POE PP PTFE PU PVC QLED RAM RCA RFID RGB RGBW RPM RV SATA SCSI SD SDHC SDXC SIM SKU SLR "
    "SPF SSD SUV TB TIG TPE TPU TV UAV UFO UHD UHF UK UPC UPS USA USB USBC UTV UV UVA UVB VGA VHF VIP VR WIFI XLR "
    "XLS YSL"
)
ACRONYMS = frozenset(_ACRONYMS.split())

_COMMON = (
    "accessories adapter adult alloy aluminium aluminum ankle anti assembly assorted audio baby back bag bags "
    "ball band base basic bath battery beach bearing bed belt bike black blanket blue board body bolt book boot "
    "boots bottle bottom bowl box boys bracelet bracket brake brass bronze brown brush bulb button cable camera "
    "candle cap car card care carrier case cast cat ceramic chain chair charger children classic clean cleaner "
    "clear clip clock coat coffee collar color colour connector control cooler cord cotton cover cream crew "
    "crystal cup curtain cushion dark denim desk diamond dining dish display dog door double dress drill dry dual "
    "duty ear earrings electric engine extra eye fabric face fan fashion feet fiber fibre filter finish fit floor "
    "foam foot frame free front full galvanised galvanized game garden gift girls glass glasses gloves gold gray "
    "green grey grip guard guitar hair half hand handle hard hat head heat heavy high hinge hitch hold holder "
    "home hood hook horse hose hot house inch inner inside iron jacket jeans jewelry jewellery keyboard kids kit "
    "kitchen knife lace ladies lamp large leather left length lens light lighting lights linen lip liner lock "
    "long loose low magnetic make mask mat maxi medium memory men mens mesh metal micro mini mirror mobile modern "
    "mount mounting mouse mug natural navy neck necklace new night no nut nylon off office oil old one only open "
    "orange organic outdoor outer oval oven pack pad paint pair pan pants paper part parts party pen pencil phone "
    "pillow pin pink pipe plain plant plastic plate plated play pocket polyester portable pot power premium "
    "printed protector pump purple quality queen quick rack rain red regular replacement reversible right ring "
    "ringed road rope rose round rubber rug safety sale salt sandals scarf screen screw seal seat set shampoo "
    "sheet shelf shirt shoe shoes short shorts shoulder shower side silicone silver single size skin skirt sleeve "
    "slim slip small smart soap sock socks sofa soft solar solid speaker special spoon sport sports spring square "
    "stainless stand standard steel stone storage straight strap strong style suit summer sun super support "
    "sweater switch table tank tape tea thermal thick thin tie tile tool tools top towel toy trailer travel tray "
    "trim tube twin type under universal upper vase vest vintage vitamin wall wallet warm wash watch water "
    "waterproof wax wedding wheel white wide winter wire wireless with women womens wood wooden wool work wrap "
    "yellow zip zipper"
)
COMMON = frozenset(_COMMON.split())
"""Words of shop windows, case folded."""
