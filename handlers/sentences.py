"""Every sentence the program says, by key, with the {places} it fills in.

`content/texts/` must have just these, in each language: what lacks one does not start. The table
is held to the code by `tests/test_texts.py`.
"""

import re
from collections.abc import Iterator, Mapping

_TABLE = """
welcome: notice{address}{controller}{phone}{whole}{years} whole{page}
    again{address}{controller}{phone}{years} thanks
    declined{address}{phone} later changed held first
start: again
limits: slow ask silent{phone}{until} full ended{count} unkept{count} cases{most}{phone}
    additions{most}{phone} codes{most}{phone} files{most}{phone}
barred: begun{address}{phone}{reason}{until} again{address}{phone}{until} ended
repeating: ask{code} gone{code}
choice: go_on add_there{code} send_anyway
courtesy: greeting thanks
menu: ask
choice: agree announcements_off announcements_on statistics_off statistics_on decline lang_vi
    lang_en resume new track data language
    hearing hear_communes hear_topics hear_nothing hear channels link join join_not
    help menu held into_draft new_case drop_message resume_with drop_draft_new keep_draft later
    drop_draft send change{label} back cancel skip done keep_answer rewrite drop_files clear
    let_official_find more fewer add withdraw send_addition drop_addition withdraw_no withdraw_yes
    statistics_stop statistics_allow announcements_stop announcements_allow withdraw_consent
    data_copy data_copy_yes data_correct data_correct_yes data_name data_phone data_erase
    data_erase_yes data_withdraw_all data_limit data_limit_yes data_consents reopen
    send_reopening rate rate_later
    case_files
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
file: nameless missing doubtful empty{name} too_large{name} too_many{name} type{name} gone{name}
    id_card{name} id_card_words
edit: done changed{answer}{label} kept{label} too_late
cases: ask found line{code}{day}{status}{topic} none none_found
code: mistyped
proving: ask{code} wrong pause done
announcement: head{unit} urgent{unit} corrected page{page} foot{code} staff_foot{code}
    withdrawn{code} no_case
status: recorded sorting forwarded working asking approving answered refused guided closed
    withdrawn merged
case: head{code}{opened}{status}{topic}{unit} due{due} files{files} history not_found
    closed_meanwhile{code} answered{day}{text} refused{day}{text} asked{text}{until} lapsed{text}
    reopen_until{until} too_late{until} sent_files{files}
happening: opened added withdrawn held moved taken assigned asked answered extended referred
    refused closed reopened merged expired rated files{files}
adding: ask{code} more{code} done{code} dropped answered{code}{due} resumed{code}{due}
withdrawing: ask{code} done{code}
news: taken{code} assigned{code}{unit} answered{code}{text} referred{code}{reason}{unit}
    closed{code}{until} closed_before{code} reopened{code}{due} merged{code}{other}
    expired{code}{text} withdrawn{code} later{code} later_answer{code} later_rate{code}
    asked{code}{text}{until} extended{code}{due}{reason} refused{code}{days}{door}{reason}
reply: finding{text} basis{text} action{text} next{text} until{text} private{text} files{files}
rating: ask{code} why thanks good fair poor
reopening: ask{code} more{code} done{code}{due} too_late{code}{until}
data: next shown{cases}{channels}{name}{open}{phone} unsaid since{day}{version} no yes restricted
    ask{address}{controller}{phone} take_back{code} taken_back copy{days}{more} correct{name}{phone}
    erase{days}{more} erase_open{open} erase_at_once erase_staff limit{days}{more} consents
    already{code} withdrew{cases} changed unsent withdrawn{code} copy_ready{code}
    told_refused{address}{code}{phone}{reason}{what} told_extended{code}{due}{reason}{what}
    told_elsewhere{code}{phone}
data_purpose: handling{given} announcements{given} statistics{given}
data_kind: copy correct erase restrict withdraw
data_request: open{code}{due}{what} extended{code}{due}{what} doing{code}{due}{what}
    done{code}{done}{what} refused{code}{what} cancelled{code}{what}
data_asked: copy{code}{due} correct{code} erase{code} restrict{code} open{code}{due}{what}
data_told: copy{code} correct{code} erase{code} restrict{code} withdraw{code}
data_new: name phone
data_is: name{new} phone{new}
copy: text_name data_name head{address}{controller}{day}{phone} person{name}{phone}
    chat{channel}{day} hears{wanted}{what} gave took_back consent{at}{given}{purpose}{version}
    words{words} elsewhere{codes} request{code}{day}{what} delivered{channel}{code}
    case{code}{opened}{status}{topic}{unit} file{name}
copy_purpose: handling statistics announcements
fault: sorry sorry_apart report{id}{kind}
invitation: invalid
share: phone place
menu_command: start gui tracuu nhantin dungtin dulieu suadulieu xoadulieu rutdongy huy
    ngonngu trogiup
hearing: now{communes}{topics} off{controller} nothing which which_more unknown{typed} drop{name}
    dropped{name}
    added{name} too_many{most} topics channels{channels} again stopped
law: draft{text} ask
complaining: found{days} asked{days} resumed{days} known no_date no_limit in_time{known}{last}{left}
    last_day{known}{last} rest_day{known}{last} rest_ahead{last} past{known}{last}{over} body
    department commune body_unknown{office}
    where_else{office} after how counter{unit} address{what} hours{what} phone{what}
    ask_phone{phone} as_feedback left kept step{all}{number} more{text} blank look
    id_number{days} id_later no_number no_photo making making_with{last} made ready{days}
    not_made{phone}
complaint_body: commune department city other
petition_ask: name address phone against content demand documents
petition_label: to name address phone against content demand documents
choice: stop_complaint date_unknown petition petition_again as_feedback end_complaint leave_blank
    make_petition
menu_command: khieunai
link: made{links}{minutes}{token} ask{channel} joined{channel}{phone} made_one{channel}{phone}
    same invalid
channel: web telegram talk other
choice: tell tell_more no_name unit_unknown change_unit send_sealed drop_sealed
menu_command: tinkin
denounce: too_much{phone} signs door{address}{hours}{name} hours{what} ask_hours{phone}
    own_channel
    foreign_channel{channel}{web}
    anonymous entered words words_more taken unit which no_unit name phone
    confirm{files}{messages}{name}{phone}{unit} shut_out{unit} nobody_out
    yes no empty gone kept sent{code}{day}{receipt} dropped status{code}{day} reply{text}
    door_again{door} news passed{code}
kind: question feedback suggestion complaint denunciation emergency data_request other
kinds: choose complaint{days} denunciation split part{kind}{number}{text} split_done second
alarm: call{numbers} opened{code}{receipt} tell added{code} ask calm left{code} false{code}
choice: alarm_yes alarm_no alarm_over false_alarm change_kind to_review split together complain
    denounce
reviewing: kind{kind}
case: kind{kind}
happening: classified
news: classified{code}{days}
"""


# What is said to officials, in Vietnamese only: `content/texts/desk.toml`.
_DESK = """
desk: rules_changed again too_late not_staff denied unknown{code} no_case near{codes} near_none
    cannot{status}
    meanwhile{news} left proposed{text} preview{text} unsent{text} no_files head{code}{place}{topic}
    nowhere state{status}{unit}{who} nobody dates{due}{opened} left_days{day}{days} today{day}
    late{day}{days} paused{day}{since} bounces{times} same{codes} restricted earlier{entries}
    anonymous
    identity{name}{phone} no_name no_phone files{files} say_what_for no_filter{typed} find_what
    masked set_aside{code} taken_up no_media unreached not_reached{what} not_sure{what}
    ledger{ledger}{what}
    which no_unit news{code}{what} open{code} everywhere joined{role}{unit} not_again
    no_member unreachable{name} not_later same_unit other_person itself no_draft text_kept flags
    draft_template{title} field{field}{title} answer_too_long{most}{over} until_past
    together{codes} private{code}{text} to_all{cases} private_for{code} only_this
    sent_to_all{cases} alike{codes} release_all{cases} sent_back_all{cases} left_out{code}{why}
    more_left_out{cases}
desk_status: recorded sorting forwarded working asking approving answered refused guided closed
    withdrawn merged
desk_news: moved_on assigned returned referred reopened prioritised submitted approved sent_back
    added expired withdrawn rated
priority: 0 1 2
weighty: asked answered refused extended referred expired
reach: sent{at}{channel} again{at}{channel} coming{channel} queued{channel} nowhere informed
reach_state: unreachable failed unknown
pick: ordinary soon urgent call in_person letter village administrator dispatcher officer approver
    leader monitor clerk watch inspector dpo one_unit
    own_unit
deed: see read identify take assign return ask note inform answer approve send_back extend refer
    refuse
    close reopen merge link prioritise history invite people units routes templates undo log
    figures intake
entry: opened added withdrawn held taken assigned returned asked noted submitted answered
    unreached reached rerouted informed
    sent_back extended referred refused closed reopened merged linked prioritised expired rated
    identified denied left group_bound group_unbound
queue: title{page}{what} found{words} line{code}{due}{place}{status}{topic}{who}
    empty all_button choose choose_button
queue_view: all mine unassigned waiting sorting approving overdue unreached
role: administrator dispatcher officer approver leader monitor clerk watch inspector dpo
task.take: done
task.assign: member done
task.block: reason days confirm done
task.unblock: reason done
abuse: title blocks{count} block{by}{code}{reason}{until} slowed{count} slow{at}{count}{stage}{who}
    nobody nameless{number} preview{code}{reason}{until} how copies{codes}
abuse_stage: slow ask silent
deed: block
entry: blocked unblocked
guide: block
choice: link_copy{code}
task.return: reason
task.ask: question confirm done
task.note: text done
task.inform: how text done
task.extend: day reason confirm done
task.refer: unit reason
passed_on: return{code} refer{code}
task.refuse: reason unit where confirm done
task.close: done
task.reopen: reason done
task.prioritise: level done
task.link: other done
task.merge: other done
task.answer: template finding basis action next until files private{code} confirm done submitted
task.approve: confirm done
task.send_back: reason done
task.template_add: title topic finding basis action next days valid_to source confirm
task.template_edit: part value confirm
task.template_retire: confirm
task.template_restore: confirm
task.template_approve: confirm
task.rule_edit: part value confirm
task.rule_approve: confirm
rule: list{drafts}{rules} unknown{typed} line{source}{state}{text} english{text} valid{since}{to}
    keeper{keeper} note{note} version{version}{writer} not_approved approved{day}{name} file gone
    approved_before{day}{name}{version} outdated{cases} cases{cases} case{code}{day}{status}{unit}
    approve edit back to_rule which preview unfit done approved_now changed_meanwhile other_person
rule_part: value text english source note valid_from valid_to
rule_edit: part value
rule_state: draft expired future soon valid
rule_news: changed{cases}{source}{text} soon{day}{source}{text}
    expired{cases}{day}{source}{text} template_soon{day}{title} template_expired{day}{title}
template: list none unknown{typed} line{state}{title}{topic} head{id}{since}{to} no_end days{days}
    asks{name}{question} source{source} every_topic add approve edit restore retire back which
    ask{name} preview unfit change{part} done{title}
template_part: title topic finding basis action next days valid_from valid_to source value
validity: valid draft future expired retired
edit: finding basis action next until files
flag: no_basis vague_basis{lacks} copied unrelated no_proof draft_template
lack: article number date
left_out: status colleague scope again many
release: second nobody_yet flagged alone straight
task.invite: role unit name done{code}{duty}{hours}{links}{name}
task.duty: role unit done{duty}
task.move_duty: unit done{duty}
task.unit_edit: value english
task.unit_add: name english address phone hours
task.route: topic commune whose unit confirm
office: done refused{faults}
people: title{count} line{cases}{name}{roles} one{cases}{name} nameless{number} unreachable several
    none gone last same move{duty} end{duty} ask_end{cases}{duty}{name} ended{duty}{name}
    joined{name} left_cases duties_now{duties} no_duties
unit: title unknown card{address}{approval}{english}{hours}{name}{phone} approval_on approval_off
    want_approval stop_approval edit{field}
unit_field: name address phone hours approval
route: title line{commune}{topic}{unit} one{line} own any_topic any_commune preview{line}
log: title empty of_case{code} system invited{duty}{name} joined{duty} duty_given{duty}{name}
    duty_ended{duty}{name} amended{what} undone{number}{what} whole taken_away
amendment: unit{change}{name} route{change} template{name} rule{change}{name}
    approval{name}{version}
undo: which none{number} never changed ask{line}{what} done{number} given{duty} ended{duty}
    value{value}
figures: title{day} line{name}{open}{overdue}{soon}{waiting} total few
guide: title{roles} queue work dispatch release return inform together identity intake figures
    history log
    people units templates day words{words} call{phone}
guide: rules
board: card{area}{code}{due}{status}{topic} line{area}{code}{due}{status}{topic} digest{count}
    overdue elsewhere{unit} open
group: started{unit} bound{unit} unbound stopped unit_unknown{typed} not_yours hidden member
    stranger
intake: ask{address}{controller}{phone}{years} in_person by_phone signed refused
    none{address}{phone} draft_first message_first here{all}{number}{topic} head{how} name
    name_label phone phone_label done{code}{due}{phone}{receipt}{unit} spoken{code}{receipt}
desk_news: to_release released announcement_returned announced announcement_stopped
pick: people cases staff vi en not_urgent is_urgent
deed: announce release
entry: announced announcement_release announcement_return announcement_resubmit announcement_begin
    announcement_pause announcement_go_on announcement_cancel announcement_correct
    announcement_withdraw announcement_finish
guide: announce
moment: unclear
lasting: under_a_minute minutes{minutes} hours{hours}{minutes}
announcement_state: waiting returned released running paused correcting done cancelled withdrawn
announce_do: release return resubmit pause go_on correct withdraw cancel
announce_done: release return resubmit pause go_on correct withdraw cancel
announce_state: sent{people} unreachable{people} failed{people} unknown{people} cancelled{people}
    queued{people} sending{people}
announce_to: everywhere any_topic any_role people{what}{where} cases{what}{where} staff{roles}{unit}
    unit{unit} matter{code} words{words} vi en
announce_beyond: commune no_topics topics unit
announce: title{code}{state} is_urgent began{time} who{author}{releaser}{unit} to{whom} at_once
    at{time} at_quiet{time} too_far
    quiet{end}{start} version{version} reason{reason} along{files} proposed{text} counting
    counted{people} without{people} stopped{people} remaining{people} preparing time_left{time}
    report nobody_told lasted{rate}{time} no_channel every_channel look{channels}{parts}
    cut{channels}{parts} next_part files{files} tried list none line{all}{code}{sent}{state}{text}
    unknown{code} cannot{state} meanwhile author_gone nobody still_counting say_what_for set_aside
    files_left_out{most} too_long{most}{over} bad_link{most} past not_your_unit unchanged
announce_edit: text link files lang urgent begins matter words role1 audience
task.announce: text unit link files whom commune next_commune topic next_topic matter words role1
    lang urgent begins confirm done
task.announce_resubmit: confirm
task.announce_correct: confirm
task.announce_release: look confirm
task.announce_return: reason
task.announce_cancel: reason look confirm
task.announce_withdraw: reason look confirm
choice: bulletins new_announcement see_preview see_card see_report try_send other_reason enough
    any_commune any_topic any_role any_language at_once no_link no_files
choice: queue desk see_files see_all guide people units routes log invite new_unit new_route
    change_route delete_route newest take_back add_duty end_duty keep_duty compose_again keep_all
    no_template
report: facts counts followed code state unit text link files whom author releaser version reason
    created begun ended channel no_channel total kind name people commune topic few
report_state: sent unreachable failed unknown cancelled queued sending
choice: restricted look_again
guide: restricted
restricted: unknown elsewhere{web} why{code} list none line{code}{day}{due}
    line_late{code}{day}{due}
    head{code}{day}{due}{files}{state}{unit} shown no_unit meanwhile{text} new waiting
    count{count} few
restricted_why: sort handle answer
restricted_state: received forwarded guided closed draft
restricted_do: note reply forward guide close move
restricted_ask: note reply forward guide close move
restricted_done: note reply forward guide close move
restricted_entry: told added files_added received viewed identified files_viewed noted replied moved
    forwarded guided closed
entry: passed_on
requests: title none line{code}{due}{state}{what} left{day}{days} late{day}{days} unknown{code}
    opened{day} extended reason{reason} several staff cases{cases} held no_case cannot meanwhile
    told
    still_open{cases} still_staff new_due{day} for_good which_case now_held{code} not_held{code}
    news{line}{what} nobody{line}
requests_state: open doing done refused cancelled
request_news: request request_soon request_late
data_do: data_grant data_refuse data_extend
task.data_grant: scope confirm
task.data_refuse: reason basis confirm
task.data_extend: reason confirm
task.data_hold: case held reason
pick: everything identity hold_on hold_off
choice: all_requests hold_case requests
deed: requests
guide: requests
entry: data_asked data_granted data_refused data_extended data_cancelled data_finished
    data_corrected case_held case_unheld erased retained
desk: kind{kind} seems{kind}
desk_news: doubtful
queue_view: emergency complaint doubtful
entry: classified alarmed
guide: classify alarms
deed: classify alarms
task.classify: kind confirm restricted alarm untold{kind} same passed_on{code} done{kind}
watch: emergency{code}{place}{unit}{words} emergency_more{code}{place}{unit}{words}
    false_alarm{code} nobody not_yours open{code} files
"""


def _rows(sentences: str) -> Iterator[tuple[str, frozenset[str]]]:
    table = ""
    for word in sentences.split():
        if word.endswith(":"):
            table = word[:-1]
            continue
        key, *places = re.findall(r"\w+", word)
        yield f"{table}.{key}", frozenset(places)


CITIZENS: Mapping[str, frozenset[str]] = dict(_rows(_TABLE))
DESK: Mapping[str, frozenset[str]] = dict(_rows(_DESK))
SENTENCES: Mapping[str, frozenset[str]] = {**CITIZENS, **DESK}
