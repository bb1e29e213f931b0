"""Words that are names as well as ordinary words, and words that go before a Dutch last name."""

from __future__ import annotations

# Parts of a last name that are no name by themselves.
PREFIXES = frozenset(
    """
    a aan al bij d da dal de del della den der des di die dos du e el en het in la las le les lo op 's 't te
    ten ter the tot uijt uit und v van vande vanden vander vd vom von y zu zum zur
    """.split()  # noqa: SIM905
)

# After these a word with a capital is a name.
TITLES = frozenset(
    """
    chef collega colleague boss dhr directeur director dr drs heer ing ir juffrouw manager meneer mevr mevrouw
    mej mr mrs ms mw prof teamleider wethouder
    """.split()  # noqa: SIM905
)

# Last and first names that Dutch or English sentences use as words. They are masked only where they stand as
# names do: with a capital inside a sentence, or beside another part of a name.
ORDINARY = frozenset(
    """
    aard adel akker al alles amber an ander angel anker appel april arend arm art as august augustus avond
    baan baard bak bakker bal balk balle band bank bar baron bas basis beek beekman been beer beet bel ben
    berg berger best beste beter bever bier bij bill bisschop blaak blaauw black blad blanke blauw bleek
    blij block bloem bloemen blok blom blue bo boek boer boeren bol bom bond bont boom boon boot bord borg
    borst bos bosch bot boter bouw bouwman boven braam brand bras brave breed brief bril brink broek broer
    brood brown brug bruggen bruin brunt buis buur buurman case chance chase cook daan dag dak dale dam
    damen dan dans darling dawn day deen dekker den dick diep dijk dik dom donk donker door doorn draad
    drent drie drive druif druk duif duim duin duits dukker dun duur echt eekhoorn eer eerlijk eerst eik
    eind elk elke els engel engels engelsman er erf est even fabel faith feest feit field fiets fijn fish
    fleur flink floor forest fox franse free fries frisse gaaf gans gast geel geld gelder gerst gift glas
    god goed goede goud gouden graaf graan grace graf grant gras grave gray green greep griek grijs grim
    groen groene groenten groep grond groot groote grote gunst haak haan haar haas hak hal half hall halm
    hals ham hamer han hand handel handels hard harde harder haring hart has have haven hazel heaven heer
    heide heil hein hek held help hem hemel hengst herder here heren herfst hertog hey hill hoed hoek hoeve
    hof hol holland hollander honing hoofd hoog hoogland hooi hoop hope horn houden hout huis huisman hulp
    hunt huur ijs iris jaar jade jager jet job joe jong jonge jonk jonker joy juli june juni justice kaan
    kaart kaas kalf kamp kamper kan kanaal kant kapitein kaps kas kast kat keizer kelder kerk kerkhof kern
    kers kerst ketel keus kind king klaver kleed klein kleine klerk klink klok klooster knecht knight knol
    knoop koe koek koel kok konijn koning koningen kool koop koopman koopmans koper koppen koren korf kort
    korte kosten kous kraai kraan kramer krans kreek krom kroon kruid kruis kuijper kuip kuiper kunst kus
    kwaad kwast laan laat lam lamp land lang lange last laven leek leer leest leeuw leger lent lente lief
    life light lijn lily linde list lof lok long loon loop los lot love lucht luck luiten maan maat mac made
    mager major mak man mannen marine mark markt mars mart mate max may meel meer mees meester mei meier
    melk melody mens merk met meulen mey middel miles mille mode moed moeder moet mol molen molenaar mollen
    mond monnik monster mooi moon moor morgen mos muis mulder munt muur naam nagel nap nel nette neve nieuw
    nieuwe nieuwenhuis nijs nood noor noord noordman noot nu oever olie olive om ooms oord oost oosten op
    opstal orde os otter oud oude over paal paard paarden page paling palm pan pape park parker pas pauw pen
    peper per perk pet piek pijl piper plaat plas ploeg poel poort poppe port post pot poter prijs prima
    prince prins pronk put raad raaf ram rat ray recht reed reef reen reiger rek ridder riet rijk ring roest
    roggen rol rome rook room roos rose rot rots rozen ruby ruim ruiter sage sam samen sap schaap schaar
    schaft schat schepen schepper scherm schilder schip schoen school schoon schot schout schouten schram
    schrijver schuit schut sky slag slager slim sloot slot smal smeets smid smit snel snijder snoek sok
    soldaat son spa speel spek spier spijker spin spits spoor sprong staal stad star steen stel ster sterk
    sterke steur steward stof stok stolk storm stout straat strik stroom summer taal taart tak tas teen tell
    ten terp tijd timmer timmerman timmermans tin toe tol toll ton tong top tor tot touw tuin tulp turk uil
    uit val vale valk van vast vat veen veer veld velden ven verf verkoop vermeer vet vier vijver vink vis
    visser vleugel vlieg vlieger vlug voet vogel vol volk voort vos vrede vree vriend vries vroom vuur waal
    waard wal walk wall wals wand was water weber wee weer weg weide weit wel werf werk werkman west westen
    wever white wie wiel wijk wijn wijs wil wild wilde will wind winkel winter wit witte woerd wolf wolk
    wolken wood woods woud young zaal zand zee zeeman zeeuw zeil zien zijl zijp zomer zon zout zuid zuiden
    zwaan zwager zwart zwarte zweep
    """.split()  # noqa: SIM905
)
