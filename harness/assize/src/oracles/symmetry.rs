//! Irrelevance and symmetry: chapter 08, part F, and what of part H needs no world.

use assize_model::{
    BaseOperator, ContextEntry, Decision, Effect, Issuer, Literal, Origin, PolicyType, Principal,
    PrincipalKey, Resource, ResourceKind, RoleSession, Statement,
};

use super::bench::{Bench, Outcome, Stop, needs, report};
use super::making::{NOBODY, map_values, some_type, test};
use super::requester::{Rename, by, for_action, keep, on, with_context, with_key};
use super::situation::{Sheet, Situation, named};

const POSSIBLE: &str = "the transformed request can be made";

/// INV-061: adding, removing or changing a context key that no policy mentions changes nothing.
///
/// Fails when: the key is mentioned, also as a variable inside a resource or value.
pub fn unmentioned_keys_are_irrelevant(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    let mut entries = before.request.context().entries().to_vec();
    let unmentioned: Vec<usize> = (0..entries.len())
        .filter(|&at| entries[at].key.is_ascii() && !before.mentions(&entries[at].key))
        .collect();
    if !unmentioned.is_empty() && bench.chance(60) {
        let at = *bench.choose(&unmentioned, "a key that no policy mentions")?;
        if bench.chance(50) {
            entries.remove(at);
        } else {
            entries[at].values = vec![Literal::string("assize")];
        }
    } else {
        needs(!before.mentions("zz:assize"), "no policy mentions the key")?;
        entries.push(ContextEntry { key: "zz:Assize".to_owned(), values: vec![Literal::string("x")] });
    }
    let mut after = before.clone();
    after.request = with_context(&before.request, entries).ok_or(Stop::NotApplicable(POSSIBLE))?;
    bench.same(&before, &after, "a context key that no policy mentions is irrelevant")
}

/// INV-062: removing a statement that does not apply changes nothing.
///
/// That it does not apply is read from the record. Needs: policies stay present.
pub fn what_does_not_apply_is_irrelevant(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    let answer = bench.decide(&before)?;
    let record = answer.record()?;
    let idle = before.places_where(|place, _| {
        let report = report(record, place.policy_type);
        let levelled = matches!(place.policy_type, PolicyType::Rcp | PolicyType::Scp);
        !report.allow.iter().chain(&report.deny).any(|s| {
            s.policy == before.sheet(*place).id
                && s.statement == place.statement
                && (!levelled || s.level == Some(place.level))
        })
    });
    let place = *bench.choose(&idle, "a statement does not apply")?;
    let mut after = before.clone();
    after.delete(place);
    bench.same(&before, &after, "a statement that does not apply is irrelevant")
}

/// INV-063: adding an Allow or Deny whose Principal names only others than the requester changes nothing.
///
/// Fails when: the element is NotPrincipal.
pub fn foreign_principals_are_irrelevant(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    let policy_type = some_type(bench.choices, |known| {
        known == PolicyType::Vpce && before.present(known)
            || known == PolicyType::Resource
                && (before.present(known) || before.kind() == ResourceKind::Ordinary)
    })
    .ok_or(Stop::NotApplicable("a policy with principals can be present"))?;
    before.make_present(policy_type);
    let own = before.request.principal().account().map_or(NOBODY, |account| account.id.as_str()).to_owned();
    let mut others = vec![
        (PrincipalKey::Aws, NOBODY.to_owned()),
        (PrincipalKey::Aws, format!("arn:aws:iam::{NOBODY}:user/assize-nobody")),
        (PrincipalKey::Aws, format!("arn:aws:iam::{own}:user/assize-nobody")),
        (PrincipalKey::Aws, format!("arn:aws:iam::{own}:role/assize-nobody")),
        (PrincipalKey::Aws, format!("arn:aws:sts::{own}:federated-user/assize-nobody")),
        (PrincipalKey::Aws, "AIDAASSIZENOBODY12345".to_owned()),
        (PrincipalKey::Service, "assize-nobody.amazonaws.com".to_owned()),
        (PrincipalKey::Federated, "assize-nobody".to_owned()),
        (PrincipalKey::CanonicalUser, "f".repeat(64)),
    ];
    if let Principal::RoleSession(session) = before.request.principal() {
        others.push((PrincipalKey::Aws, format!("{}-other", session.arn())));
        others.push((PrincipalKey::Aws, session.role_arn().replacen(":role/", ":role/assize/", 1)));
    }
    let effect = if bench.chance(50) { Effect::Allow } else { Effect::Deny };
    let mut foreign = before.everything(policy_type, effect);
    let (key, value) = bench.choices.one_of(&others).clone();
    foreign.principal = Some(named(key, value));
    let mut after = before.clone();
    after.add(policy_type, 0, foreign);
    bench.same(&before, &after, "a statement that names only others is irrelevant")
}

/// Replaces every policy's text by what `change` makes of it, as written and as parsed; `None` if a text is refused then.
fn with_texts(
    bench: &Bench<'_>,
    situation: &Situation,
    change: &dyn Fn(&str) -> String,
) -> Option<Situation> {
    let mut policies = situation.policies();
    for (_, policy) in policies.documents_mut() {
        policy.document = assize_model::DocumentSource::new(change(&policy.document.text));
    }
    for grant in &mut policies.acl {
        if let assize_model::Grantee::Account(account) = &mut grant.grantee {
            *account = change(account);
        }
    }
    Situation::read(&policies, situation.request.clone(), bench.is_date)
}

/// INV-064: exchanging two account ids everywhere gives the same decision and the same explanation.
///
/// Needs: no pattern that tells digits apart, which would have to be exchanged with them. Canonical user ids stay with their accounts.
pub fn account_ids_are_symmetric(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    let own = before.request.principal().account().map(|account| account.id.clone());
    // What AWS owns has a fixed name in the place of an account id (EVAL-009).
    let owner = before.owner().filter(|owner| *owner != "aws").map(str::to_owned);
    let first = own.or(owner).unwrap_or_else(|| "111111111111".to_owned());
    let second = ["222222222222", "111111111111"].into_iter().find(|id| *id != first).unwrap_or(NOBODY);
    let beside_wildcard = |text: &str| {
        let bytes = text.as_bytes();
        let wild = |b: u8| matches!(b, b'*' | b'?');
        bytes.windows(2).any(|pair| {
            (pair[0].is_ascii_digit() && wild(pair[1])) || (wild(pair[0]) && pair[1].is_ascii_digit())
        })
    };
    needs(!before.sheets().any(|sheet| beside_wildcard(sheet.text())), "no pattern tells digits apart")?;
    let exchange = |text: &str| {
        let parked = text.replace(&first, "\u{1}");
        parked.replace(second, &first).replace('\u{1}', second)
    };
    let mut after =
        with_texts(bench, &before, &exchange).ok_or(Stop::NotApplicable("the texts stay policies"))?;
    let rename = Rename { account: &exchange, provider: &exchange, ..Rename::nothing() };
    let request = &before.request;
    let mut entries = request.context().entries().to_vec();
    for value in entries.iter_mut().flat_map(|entry| &mut entry.values) {
        value.text = exchange(&value.text);
    }
    let resource = match request.resource() {
        Resource::Arn(arn) => Some((exchange(arn.as_str()), exchange(arn.owner()))),
        Resource::None { owner: Some(_) } => return needs(false, "the owner follows from the requester"),
        Resource::None { owner: None } => None,
    };
    let renamed = rename.principal(request.principal()).and_then(|principal| by(request, principal));
    let placed = renamed.and_then(|request| match &resource {
        Some((arn, owner)) => on(&request, arn, owner),
        None => Some(request),
    });
    let request = placed.and_then(|request| with_context(&request, entries));
    after.request = request.ok_or(Stop::NotApplicable(POSSIBLE))?;
    bench.compare(&before, &after, "account ids are symmetric", |first, second| {
        let explained = match (first.record(), second.record()) {
            (Ok(one), Ok(other)) => {
                let plain =
                    |s: &assize_model::StatementRef| (s.policy_type, s.level, s.policy.clone(), s.statement);
                one.determining.iter().map(plain).eq(other.determining.iter().map(plain))
            }
            _ => true,
        };
        first.is_same(second) && explained
    })
}

/// INV-065: renaming the requester's user, role or federated session in the request and in every principal value changes nothing.
///
/// Needs: no policy tests a key or expands a variable that holds the name. Service-linked paths are kept.
pub fn principal_names_are_symmetric(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    for key in ["aws:username", "aws:userid", "aws:PrincipalArn"] {
        needs(!before.mentions(key), "no policy tests the name")?;
    }
    let (name, kinds): (String, &[&str]) = match before.request.principal() {
        Principal::User(user) => (user.entity().name.clone(), &["user"]),
        Principal::RoleSession(session) => (session.role().name.clone(), &["role", "assumed-role"]),
        Principal::FederatedUser(session) => match session.issuer() {
            Issuer::User(_) => return needs(false, "the requester has one name"),
            Issuer::Root => (session.name().to_owned(), &["federated-user"]),
        },
        _ => return needs(false, "the requester has a name"),
    };
    let fresh = "assize-renamed";
    let mut after = before.clone();
    rename_values(&mut after, |value| {
        let (head, rest) = value.split_at(value.match_indices(':').nth(4)?.0 + 1);
        let (kind, tail) = rest.split_once('/')?;
        if !kinds.contains(&kind) {
            return None;
        }
        if kind == "assumed-role" {
            let (role, session) = tail.split_once('/')?;
            return (role == name).then(|| format!("{head}{kind}/{fresh}/{session}"));
        }
        let (path, last) = tail.rsplit_once('/').map_or(("", tail), |(path, last)| (path, last));
        let path = if path.is_empty() { String::new() } else { format!("{path}/") };
        (last == name).then(|| format!("{head}{kind}/{path}{fresh}"))
    });
    let renaming = |text: &str| if text == name { fresh.to_owned() } else { text.to_owned() };
    let rename = Rename { name: &renaming, ..Rename::nothing() };
    let request =
        rename.principal(before.request.principal()).and_then(|principal| by(&before.request, principal));
    after.request = request.ok_or(Stop::NotApplicable(POSSIBLE))?;
    bench.same(&before, &after, "names of principals are symmetric")
}

/// Changes values under `AWS` in every principal element.
fn rename_values(situation: &mut Situation, change: impl Fn(&str) -> Option<String>) {
    for place in situation.places_where(|_, statement| statement.principal.is_some()) {
        situation.edit(place, |statement| {
            if let Some(principal) = &mut statement.principal {
                map_values(
                    principal,
                    |key, value| if key == PrincipalKey::Aws { change(value) } else { None },
                );
            }
        });
    }
}

/// INV-066: two services that the rules do not know decide alike.
///
/// The request's service is replaced, in actions and resources, by one unknown service and by another; so services with special rules
/// need no exception beside `sts`, `iam` and KMS keys. Needs: no pattern in the service field of a resource.
pub fn service_names_are_symmetric(bench: &mut Bench<'_>) -> Outcome {
    let base = bench.start();
    let vendor = base.request.action().vendor().to_owned();
    let special = ["sts", "iam"].iter().any(|known| known.eq_ignore_ascii_case(&vendor));
    needs(!special && base.kind() == ResourceKind::Ordinary, "the service is an ordinary one")?;
    let service_of = |entry: &str| entry.split(':').nth(2).map(str::to_owned);
    let patterned =
        |entry: &String| entry != "*" && service_of(entry).is_some_and(|s| s.contains(['*', '?', '$']));
    let plain = base.places_where(|_, statement| {
        statement.resource.as_ref().is_some_and(|element| element.entries.iter().any(patterned))
    });
    needs(plain.is_empty(), "no pattern stands in the service field of a resource")?;
    let arn = base.request.resource().as_str();
    let own_service = service_of(arn).filter(|service| *service != vendor);
    needs(own_service.is_none(), "action and resource are of one service")?;
    let renamed = |to: &str| {
        let mut situation = base.clone();
        let in_arn = |entry: &str| {
            let mut fields: Vec<&str> = entry.splitn(6, ':').collect();
            if fields.len() > 2 && fields[2] == vendor {
                fields[2] = to;
            }
            fields.join(":")
        };
        for place in situation.places() {
            situation.edit(place, |statement| {
                for entry in &mut statement.action.entries {
                    if let Some((of, name)) = entry.split_once(':')
                        && of.eq_ignore_ascii_case(&vendor)
                    {
                        *entry = format!("{to}:{name}");
                    }
                }
                for entry in statement.resource.iter_mut().flat_map(|element| &mut element.entries) {
                    *entry = in_arn(entry);
                }
            });
        }
        let action = format!("{to}:{}", base.request.action().name());
        let request = for_action(&base.request, action);
        situation.request = request.and_then(|request| match base.request.resource() {
            Resource::Arn(arn) => on(&request, &in_arn(arn.as_str()), arn.owner()),
            Resource::None { .. } => Some(request),
        })?;
        Some(situation)
    };
    match (renamed("assize-one"), renamed("assize-two")) {
        (Some(before), Some(after)) => bench.same(&before, &after, "unknown services decide alike"),
        _ => needs(false, POSSIBLE),
    }
}

/// INV-070: under an Allow between two instants the request is allowed exactly inside the open interval, whatever the notation.
///
/// Needs: a user or role session of the resource's account, an ordinary resource.
pub fn a_time_window_is_open(bench: &mut Bench<'_>) -> Outcome {
    let mut base = bench.start();
    let identity = matches!(base.request.principal(), Principal::User(_) | Principal::RoleSession(_));
    needs(
        identity && base.same_account(),
        "the requester is a user or role session of the resource's account",
    )?;
    for policy_type in PolicyType::REPORTED {
        base.remove(policy_type);
    }
    base.acl.clear();
    needs(base.kind() == ResourceKind::Ordinary, "the resource is ordinary")?;
    // Seconds of one day, early enough for an offset of two hours.
    let first = 1 + bench.pick(40_000);
    let second = first + 2 + bench.pick(30_000);
    let mut allow = base.own_action(PolicyType::Identity, Effect::Allow);
    let (after, before) = (instant(bench, first), instant(bench, second));
    allow.condition = vec![
        test(BaseOperator::DateGreaterThan, "aws:CurrentTime", &[&after]),
        test(BaseOperator::DateLessThan, "aws:CurrentTime", &[&before]),
    ];
    base.set(PolicyType::Identity, vec![vec![Sheet::new("window", vec![allow])]]);
    for now in [first - 1, first, first + 1, second - 1, second, second + 1] {
        let mut asked = base.clone();
        let notation = instant(bench, now);
        let request = with_key(&base.request, "aws:CurrentTime", &[&notation]);
        asked.request = request.ok_or(Stop::NotApplicable(POSSIBLE))?;
        let inside = first < now && now < second;
        let expected = if inside { Decision::Allow } else { Decision::ImplicitDeny };
        bench.claim(&asked, "a time window is open on both ends, whatever the notation", |answer| {
            answer.decision == expected
        })?;
    }
    Ok(())
}

/// An instant of 2024-03-01 in one of its notations (COND-060, COND-061).
fn instant(bench: &mut Bench<'_>, second: usize) -> String {
    let clock = |second: usize| format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    match bench.pick(3) {
        0 => format!("2024-03-01T{}Z", clock(second)),
        1 => format!("2024-03-01T{}+02:00", clock(second + 7200)),
        _ => (1_709_251_200 + second).to_string(),
    }
}

/// INV-079: adding to the context a key that is not among the missing ones never changes the decision; supplying all missing keys leaves
/// none.
pub fn missing_keys_are_all_that_matter(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    let answer = bench.decide(&before)?;
    let missing = answer.record()?.missing_context_keys.clone();
    let known =
        ["aws:SourceIp", "aws:SourceVpce", "s3:prefix", "acme:Absent", "aws:CurrentTime", "zz:Assize"];
    let context = before.request.context().entries();
    let lower = |key: &str| key.to_lowercase();
    let other: Vec<&str> = known
        .into_iter()
        .filter(|key| !missing.iter().any(|missing| lower(missing) == lower(key)))
        .filter(|key| !context.iter().any(|entry| lower(&entry.key) == lower(key)))
        .collect();
    let mut after = before.clone();
    let key = *bench.choose(&other, "a key is neither missing nor supplied")?;
    after.request = with_key(&before.request, key, &["x"]).ok_or(Stop::NotApplicable(POSSIBLE))?;
    bench.same(&before, &after, "a key that is not missing changes nothing")?;
    let mut entries = before.request.context().entries().to_vec();
    entries.retain(|entry| !missing.iter().any(|missing| lower(missing) == lower(&entry.key)));
    entries.extend(
        missing.iter().map(|key| ContextEntry { key: key.clone(), values: vec![Literal::string("x")] }),
    );
    let Some(request) = with_context(&before.request, entries) else { return Ok(()) };
    let mut supplied = before;
    supplied.request = request;
    bench.claim(&supplied, "supplying all missing keys leaves none", |answer| {
        answer.record().is_ok_and(|record| record.missing_context_keys.is_empty())
    })
}

/// INV-080: how a role session came to be matters only through context keys.
///
/// Needs: no policy mentions `aws:FederatedProvider`, which the record of a web identity session yields.
pub fn sessions_are_caller_independent(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    let Principal::RoleSession(session) = before.request.principal() else {
        return needs(false, "the requester is a role session");
    };
    needs(!before.mentions("aws:FederatedProvider"), "no policy tests how the session came to be")?;
    let origins = [
        Origin::AssumeRole,
        Origin::Saml(Some("arn:aws:iam::111111111111:saml-provider/ADFS".to_owned())),
        Origin::WebIdentity(Some("accounts.google.com".to_owned())),
        Origin::Service(Some("ecs.amazonaws.com".to_owned())),
        Origin::Ec2Instance(Some("i-0assize".to_owned())),
    ];
    let others: Vec<&Origin> =
        origins.iter().filter(|origin| origin.kind() != session.origin().kind()).collect();
    let origin = (*bench.choices.one_of(&others)).clone();
    let role = session.role().clone();
    let other = RoleSession::new(session.account().clone(), role, session.session_name(), origin).ok();
    let request = other.and_then(|other| by(&before.request, Principal::RoleSession(other)));
    let mut after = before.clone();
    after.request = request.ok_or(Stop::NotApplicable(POSSIBLE))?;
    bench.same(&before, &after, "sessions decide alike, whoever created them")
}

/// INV-081: the name of a role session matters to nothing but policies that name it.
///
/// Needs: no policy names a session ARN or mentions `aws:userid` or `sts:RoleSessionName`.
pub fn session_names_are_irrelevant(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    needs(
        matches!(before.request.principal(), Principal::RoleSession(_)),
        "the requester is a role session",
    )?;
    for word in ["assumed-role", "aws:userid", "sts:RoleSessionName"] {
        needs(!before.mentions(word), "no policy tells session names apart")?;
    }
    let fresh = |_: &str| "assize-session".to_owned();
    let rename = Rename { session: &fresh, ..Rename::nothing() };
    let request =
        rename.principal(before.request.principal()).and_then(|principal| by(&before.request, principal));
    let mut after = before.clone();
    after.request = request.ok_or(Stop::NotApplicable(POSSIBLE))?;
    bench.same(&before, &after, "the name of a session is irrelevant")
}

/// The requester's user or role: its ARN and unique id.
fn entity_of(principal: &Principal) -> Option<(String, String)> {
    match principal {
        Principal::User(user) => Some((user.arn().to_owned(), user.entity().id.clone())),
        Principal::RoleSession(session) => Some((session.role_arn().to_owned(), session.role().id.clone())),
        Principal::FederatedUser(session) => match session.issuer() {
            Issuer::User(user) => Some((session.issuer_arn()?.to_owned(), user.id.clone())),
            Issuer::Root => None,
        },
        _ => None,
    }
}

/// A situation whose resource-based policy names the requester's user or role by ARN, that ARN and the entity's unique id.
fn naming_the_entity(bench: &mut Bench<'_>) -> Result<(Situation, String, String), Stop> {
    let mut situation = bench.start();
    let (arn, id) = entity_of(situation.request.principal())
        .ok_or(Stop::NotApplicable("the requester has a user or role"))?;
    needs(
        id.len() >= 16 && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()),
        "the unique id can stand in a policy",
    )?;
    needs(situation.consults_resource_policy(), "the resource has a policy")?;
    let names_it = |statement: &Statement| {
        let values = statement.principal.as_ref().map(super::making::values).unwrap_or_default();
        values.iter().any(|(_, value)| *value == arn)
    };
    if situation.places_where(|_, statement| names_it(statement)).is_empty() || bench.chance(40) {
        situation.make_present(PolicyType::Resource);
        let effect = if bench.chance(70) { Effect::Allow } else { Effect::Deny };
        let mut naming = situation.own_action(PolicyType::Resource, effect);
        naming.principal = Some(named(PrincipalKey::Aws, arn.as_str()));
        situation.add(PolicyType::Resource, 0, naming);
    }
    Ok((situation, arn, id))
}

/// INV-088: as long as nothing was renamed or recreated, naming the requester's user or role by ARN and by unique id is the same.
pub fn binding_changes_nothing(bench: &mut Bench<'_>) -> Outcome {
    let (before, arn, id) = naming_the_entity(bench)?;
    let mut after = before.clone();
    rename_values(&mut after, |value| (value == arn).then(|| id.clone()));
    bench.same(&before, &after, "bound and unbound evaluation decide alike")
}

/// INV-089: renaming or moving a user leaves decisions under stored policies, which name it by unique id, as they are.
///
/// Fails when: a Resource, a condition or a variable tests the name.
pub fn renaming_a_user_changes_nothing_stored(bench: &mut Bench<'_>) -> Outcome {
    let (mut before, arn, id) = naming_the_entity(bench)?;
    needs(matches!(before.request.principal(), Principal::User(_)), "the requester is a user")?;
    for key in ["aws:username", "aws:PrincipalArn"] {
        needs(!before.mentions(key), "no policy tests the name")?;
    }
    rename_values(&mut before, |value| (value == arn).then(|| id.clone()));
    let mut after = before.clone();
    let (name, path) = (|_: &str| "assize-renamed".to_owned(), |_: &str| "/assize/".to_owned());
    let rename =
        Rename { name: &name, path: if bench.chance(50) { &path } else { &keep }, ..Rename::nothing() };
    let request =
        rename.principal(before.request.principal()).and_then(|principal| by(&before.request, principal));
    after.request = request.ok_or(Stop::NotApplicable(POSSIBLE))?;
    bench.same(&before, &after, "renaming a user changes nothing for stored policies")
}
