"""Every sentence the program says, by key, with the {places} it fills in.

`content/texts/` must have just these, in each language: what lacks one does not start. The table
is held to the code by `tests/test_texts.py`.
"""

import re
from collections.abc import Iterator, Mapping

_TABLE = """
welcome: notice{address}{controller}{phone}{years} again{address}{controller}{phone}{years} thanks
    declined{address}{phone} later changed held first
start: again
courtesy: greeting thanks
menu: ask
choice: agree statistics_off statistics_on decline lang_vi lang_en resume new track data language
    help menu held into_draft new_case drop_message resume_with drop_draft_new keep_draft later
    drop_draft send change{label} back cancel skip done keep_answer rewrite drop_files clear
    let_official_find more fewer add withdraw send_addition drop_addition withdraw_no withdraw_yes
    statistics_stop statistics_allow withdraw_consent
choose: stale again
language: ask
help: text{phone}
command: unknown
cancel: nothing
topics: ask
pending: text files{files} both{files}
sorting: ask dropped
resuming: ask{all}{day}{done}{topic} reminder
dropping: ask done kept
form: here{all}{number}{topic} before{answer} more noted{answer} replaces not_asked
draft: added noted
answer: none notes
reviewing: ask{topic} notes{notes} law missing{label}
sent: done{code}{due}{receipt}{unit}
commune: which{typed} unknown{typed} formerly{new}{old} left{typed}
place: shared{where}
text: blank too_long{length}{most} too_short
phone: unclear of_another
date: unclear future{day}
number: unclear too_small{least} too_large{most}
media: expected count{files} have{files} drop{files} taken{files} album_taken unreadable
file: nameless empty{name} too_large{name} too_many{name} type{name} gone{name}
edit: done changed{answer}{label} kept{label} too_late
cases: ask found line{code}{day}{status}{topic} none none_found
code: mistyped
proving: ask{code} wrong pause done
status: recorded sorting forwarded answered guided closed withdrawn
case: head{code}{opened}{status}{topic}{unit} due{due} files{files} history not_found
    closed_meanwhile{code}
happening: opened added withdrawn held moved files{files}
adding: ask{code} more{code} done{code} dropped
withdrawing: ask{code} done{code}
data: shown{address}{controller}{phone}{statistics}{version} unsent yes no changed withdrawn
fault: sorry report{id}{kind}
invitation: joined invalid
share: phone place
menu_command: start gui tracuu dulieu huy ngonngu trogiup
"""


def _rows() -> Iterator[tuple[str, frozenset[str]]]:
    table = ""
    for word in _TABLE.split():
        if word.endswith(":"):
            table = word[:-1]
            continue
        key, *places = re.findall(r"\w+", word)
        yield f"{table}.{key}", frozenset(places)


SENTENCES: Mapping[str, frozenset[str]] = dict(_rows())
