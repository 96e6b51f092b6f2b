//! Flows that serve some people only.

use ponte_policy::{People, Person};

#[test]
fn whose_messages_a_flow_is_offered() {
    let vips = People::listed(["+55 (11) 99999-0001", "BR.13491208655302741918", " con_7 ", ""]);
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let people = |only, tags: &[&str], except: &[&str]| People {
        listed: if only { vips.clone() } else { Default::default() },
        tags: set(tags),
        only,
        except: People::listed(except.iter().copied()),
    };
    let by_list = people(true, &[], &[]);
    let by_tag = people(true, &["vip", "gold"], &[]);
    let but_staff = people(true, &["vip"], &["5511999990001"]);
    let everybody_but = people(false, &[], &["+55 11 99999 0001"]);
    let nobody = People { only: true, ..People::default() };
    let tagged = ["gold".to_owned()];
    let (phone, other_spelling, stranger) = ("5511999990001".into(), "551199990001".into(), "5511888880000".into());
    let (user, id) = ("BR.13491208655302741918".into(), "con_7".into());
    let of_phone = |phone| Person { phone: Some(phone), ..Person::default() };
    let table = [
        ("a listed phone", of_phone(&phone), [true, true, false, false]),
        ("the same phone, as WhatsApp spells it", of_phone(&other_spelling), [true, true, false, false]),
        ("a stranger", of_phone(&stranger), [false, false, false, true]),
        ("a listed id of WhatsApp's", Person { user_id: Some(&user), ..Person::default() }, [true, true, true, true]),
        ("a listed id of Ponte's", Person { id: Some(&id), ..Person::default() }, [true, true, true, true]),
        ("a tag", Person { tags: &tagged, ..of_phone(&stranger) }, [false, true, false, true]),
        ("nobody is known", Person::default(), [false, false, false, true]),
    ];
    for (what, person, expected) in table {
        let found = [&by_list, &by_tag, &but_staff, &everybody_but].map(|people| people.mean(&person));
        assert_eq!(found, expected, "{what}");
        assert!(!nobody.mean(&person), "{what}: an empty list means nobody");
    }
}
