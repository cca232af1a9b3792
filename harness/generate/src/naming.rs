//! Values of principal elements: those that name a requester, and those that come near.

use assize_model::{Account, Issuer, Origin, Principal, PrincipalEntry, PrincipalKey, PrincipalSpec};

use crate::cast::{ACCOUNTS, CANONICAL_IDS, Cast, PROVIDERS, SERVICES, unique_id};
use crate::choices::Choices;
use crate::condition::narrow;

/// A value of a principal element, under its key.
pub type Value = (PrincipalKey, String);

/// The values that name the account (PRIN-020, PRIN-039).
pub fn of_account(account: &Account) -> [Value; 3] {
    let at = ACCOUNTS.iter().position(|id| *id == account.id).unwrap_or(0);
    [
        (PrincipalKey::Aws, account.id.clone()),
        (PrincipalKey::Aws, root_arn(&account.partition, &account.id)),
        (PrincipalKey::CanonicalUser, CANONICAL_IDS[at].to_owned()),
    ]
}

fn root_arn(partition: &str, account: &str) -> String {
    ["arn:", partition, ":iam::", account, ":root"].concat()
}

/// The values that name the role or user behind a session (PRIN-016); none for others.
pub fn of_entity(principal: &Principal) -> Vec<Value> {
    let aws = |value: &str| (PrincipalKey::Aws, value.to_owned());
    match principal {
        Principal::RoleSession(session) => vec![aws(session.role_arn()), aws(&session.role().id)],
        Principal::FederatedUser(session) => match (session.issuer(), session.issuer_arn()) {
            (Issuer::User(user), Some(arn)) => vec![aws(arn), aws(&user.id)],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The values that name the requester itself, and no one else (PRIN-028).
pub fn of_itself(principal: &Principal) -> Vec<Value> {
    let aws = |value: &str| (PrincipalKey::Aws, value.to_owned());
    match principal {
        Principal::User(user) => vec![aws(user.arn()), aws(&user.entity().id)],
        Principal::RoleSession(session) => vec![aws(session.arn())],
        Principal::FederatedUser(session) => vec![aws(session.arn())],
        Principal::Root(root) => vec![aws(root.arn()), aws(&root.account().id)],
        Principal::Service(service) => {
            service.names_list().iter().map(|name| (PrincipalKey::Service, name.clone())).collect()
        }
        Principal::FederatedCaller(caller) => vec![(PrincipalKey::Federated, caller.provider().to_owned())],
        Principal::Anonymous => vec![aws("*")],
    }
}

/// A value that names the requester in one of its names: itself, what stands behind it, its account.
pub fn name_of(choices: &mut dyn Choices, principal: &Principal) -> Value {
    let has_entity = match principal {
        Principal::RoleSession(_) => true,
        Principal::FederatedUser(session) => matches!(session.issuer(), Issuer::User(_)),
        _ => false,
    };
    let kinds = 1 + usize::from(has_entity) + usize::from(principal.account().is_some());
    let mut names = match (choices.pick(kinds), principal.account()) {
        (1, _) if has_entity => of_entity(principal),
        (1 | 2, Some(account)) => of_account(account).into(),
        _ => of_itself(principal),
    };
    names.swap_remove(choices.pick(names.len()))
}

/// A value that some confuse with one that names the requester: a name of another kind with the same parts, or one that differs a little.
pub fn near(choices: &mut dyn Choices, cast: &Cast, principal: &Principal) -> Value {
    if choices.chance(50) {
        return related(choices, principal);
    }
    let (key, value) = name_of(choices, principal);
    let changed = match key {
        PrincipalKey::Aws => changed_aws(choices, &value),
        PrincipalKey::Service => Some(match choices.pick(4) {
            0 => value.replace(".us-east-1", ""),
            1 => value.replacen('.', ".us-east-1.", 1),
            2 => value.replacen(".amazonaws", "x.amazonaws", 1),
            _ => format!("{value}.cn"),
        }),
        PrincipalKey::Federated => Some(match choices.pick(4) {
            0 => value.rsplit('/').next().unwrap_or(&value).to_owned(),
            1 => value.to_ascii_lowercase(),
            2 => value.replace(ACCOUNTS[0], ACCOUNTS[1]),
            _ => narrow(choices, &value).replace(['*', '?'], ""),
        }),
        PrincipalKey::CanonicalUser => Some(match choices.pick(2) {
            0 => (*choices.one_of(&CANONICAL_IDS)).to_owned(),
            _ => format!("{}0", &value[..value.len() - 1]),
        }),
    };
    match changed {
        Some(value) => (key, value),
        None => somebody(choices, cast.partition),
    }
}

/// A value of another kind that shares a part with the requester (PRIN-006, PRIN-009, PRIN-029).
fn related(choices: &mut dyn Choices, principal: &Principal) -> Value {
    let aws = |value: String| (PrincipalKey::Aws, value);
    let account = principal.account();
    let (partition, id) = account.map_or(("", ""), |account| (&account.partition, &account.id));
    // An ARN of the requester's account.
    let arn = |service: &str, path: [&str; 2]| {
        ["arn:", partition, ":", service, "::", id, ":", path[0], path[1]].concat()
    };
    match principal {
        Principal::User(user) => {
            let name = &user.entity().name;
            aws(match choices.pick(3) {
                0 => arn("sts", ["federated-user/", name]),
                1 => arn("iam", ["role/", name]),
                _ => arn("sts", ["assumed-role/R/", name]),
            })
        }
        // What made the session, which is not what it is.
        Principal::RoleSession(session) if choices.chance(40) => {
            let mut origins = vec![(PrincipalKey::Federated, arn("iam", ["saml-provider/", "ADFS"]))];
            if let Some(service) = session.role().path.strip_prefix("/aws-service-role/") {
                origins.push((PrincipalKey::Service, service.trim_end_matches('/').to_owned()));
            }
            match session.origin() {
                Origin::Saml(Some(provider)) | Origin::WebIdentity(Some(provider)) => {
                    origins.push((PrincipalKey::Federated, provider.clone()));
                }
                Origin::Service(Some(service)) => origins.push((PrincipalKey::Service, service.clone())),
                Origin::Ec2Instance(_) => {
                    origins.push((PrincipalKey::Service, "ec2.amazonaws.com".to_owned()))
                }
                _ => {}
            }
            origins.swap_remove(choices.pick(origins.len()))
        }
        Principal::RoleSession(session) => {
            let (role, name) = (&session.role().name, session.session_name());
            aws(match choices.pick(6) {
                0 => arn("iam", ["user/", name]),
                1 => arn("iam", ["role/", role]),
                2 => arn("iam", ["user/", role]),
                3 => arn("sts", ["assumed-role/", role]) + "/other",
                4 => arn("sts", ["assumed-role/Other/", name]),
                _ => arn("sts", ["federated-user/", name]),
            })
        }
        Principal::FederatedUser(session) => {
            let issuer = match session.issuer() {
                Issuer::User(user) => Some(user),
                Issuer::Root => None,
            };
            match (choices.pick(3 + usize::from(issuer.is_some())), issuer) {
                (0, _) => aws(arn("iam", ["user/", session.name()])),
                (1, _) => aws(unique_id("AIDA", session.name())),
                (3, Some(user)) => aws(arn("sts", ["federated-user/", &user.name])),
                _ => (PrincipalKey::Federated, arn("iam", ["saml-provider/", "ADFS"])),
            }
        }
        Principal::Root(_) => match choices.pick(2) {
            0 => aws(arn("iam", ["user/", "root"])),
            _ => (PrincipalKey::Federated, arn("iam", ["oidc-provider/", "accounts.google.com"])),
        },
        Principal::Service(service) => match choices.pick(2) {
            0 => (PrincipalKey::Federated, service.name().to_owned()),
            _ => {
                let role = ["arn:aws:iam::", ACCOUNTS[0], ":role/aws-service-role/", service.name(), "/R"];
                aws(role.concat())
            }
        },
        Principal::FederatedCaller(caller) => {
            let provider = caller.provider();
            match choices.pick(5) {
                0 => aws(ACCOUNTS[0].to_owned()),
                1 => aws(root_arn("aws", ACCOUNTS[0])),
                2 => (PrincipalKey::CanonicalUser, CANONICAL_IDS[0].to_owned()),
                3 => {
                    let host = provider.rsplit('/').next().unwrap_or(provider);
                    (PrincipalKey::Federated, host.to_owned())
                }
                _ => (PrincipalKey::Service, "accounts.google.com".to_owned()),
            }
        }
        Principal::Anonymous => match choices.pick(4) {
            0 => aws(ACCOUNTS[0].to_owned()),
            1 => aws(root_arn("aws", ACCOUNTS[0])),
            2 => (PrincipalKey::Federated, "anonymous".to_owned()),
            _ => (PrincipalKey::Service, "anonymous.amazonaws.com".to_owned()),
        },
    }
}

/// An `AWS` value changed in one place; it stays one that the grammar takes (PRIN-021). `None` for what has no place to change.
fn changed_aws(choices: &mut dyn Choices, value: &str) -> Option<String> {
    if ACCOUNTS.contains(&value) {
        return Some(match choices.pick(3) {
            0 => (*choices.one_of(&ACCOUNTS)).to_owned(),
            1 => root_arn("aws-cn", value),
            _ => format!("{}2", &value[..11]),
        });
    }
    let Some((head, name)) = value
        .split_once("::")
        .and_then(|(head, rest)| rest.split_once(':').map(|(account, name)| ((head, account), name)))
    else {
        // A unique id.
        return value.starts_with('A').then(|| match choices.pick(4) {
            3 => value[..value.len() - 1].to_owned(),
            0 => [value, "X"].concat(),
            1 => value.replacen("AIDA", "AROA", 1),
            _ => {
                let name = *choices.one_of(&["bob", "Bob", "R", "r", "eve"]);
                unique_id(&value[..4.min(value.len())], name)
            }
        });
    };
    let (head, account) = head;
    if choices.chance(35) {
        return Some(match choices.pick(2) {
            0 => [head, "::", *choices.one_of(&ACCOUNTS), ":", name].concat(),
            _ => {
                let service = head.rsplit(':').next().unwrap_or("iam");
                let partition = *choices.one_of(&["aws-cn", "aws-us-gov", "aws"]);
                ["arn:", partition, ":", service, "::", account, ":", name].concat()
            }
        });
    }
    let (kind, path) = name.split_once('/')?;
    let single = kind != "user" && kind != "role";
    let (before, last) = path.rsplit_once('/').map_or(("", path), |(before, last)| (before, last));
    let before = if before.is_empty() { String::new() } else { format!("{before}/") };
    Some(match choices.pick(6) {
        0 if !single => [head, "::", account, ":", kind, "/", last].concat(),
        1 if !single => [head, "::", account, ":", kind, "/team/", path].concat(),
        2 if !single => {
            let other = if kind == "user" { "role" } else { "user" };
            [head, "::", account, ":", other, "/", path].concat()
        }
        3 => [head, "::", account, ":", name, "x"].concat(),
        4 if last.chars().count() > 1 => {
            let short: String = last.chars().take(last.chars().count() - 1).collect();
            [head, "::", account, ":", kind, "/", &before, &short].concat()
        }
        _ => {
            let flipped: String = last
                .chars()
                .map(|c| if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() })
                .collect();
            [head, "::", account, ":", kind, "/", &before, &flipped].concat()
        }
    })
}

/// A value that names somebody, mostly another than the requester.
pub fn somebody(choices: &mut dyn Choices, partition: &str) -> Value {
    let account = *choices.one_of(&ACCOUNTS);
    match choices.pick(9) {
        0 => (PrincipalKey::Aws, account.to_owned()),
        1 => (PrincipalKey::Aws, ["arn:", partition, ":iam::", account, ":user/Bob"].concat()),
        2 => (PrincipalKey::Aws, ["arn:", partition, ":iam::", account, ":role/team/R"].concat()),
        3 => (PrincipalKey::Aws, ["arn:", partition, ":sts::", account, ":assumed-role/R/s1"].concat()),
        4 => (PrincipalKey::Aws, ["arn:", partition, ":sts::", account, ":federated-user/carol"].concat()),
        5 => (PrincipalKey::Aws, unique_id("AIDA", "bob")),
        6 => (PrincipalKey::Service, (*choices.one_of(&SERVICES)).to_owned()),
        7 => (PrincipalKey::Federated, (*choices.one_of(&PROVIDERS)).to_owned()),
        _ => (PrincipalKey::CanonicalUser, (*choices.one_of(&CANONICAL_IDS)).to_owned()),
    }
}

/// A list of values that names the requester or nearly does: one value that matters, and perhaps others around it.
pub fn list(choices: &mut dyn Choices, cast: &Cast, principal: &Principal) -> PrincipalSpec {
    if choices.chance(8) {
        return everyone(choices);
    }
    let mut values =
        vec![if choices.chance(50) { name_of(choices, principal) } else { near(choices, cast, principal) }];
    for _ in 0..choices.weighted(&[(55, 0), (30, 1), (15, 2)]) {
        let other = match choices.pick(3) {
            0 => name_of(choices, principal),
            1 => near(choices, cast, principal),
            _ => somebody(choices, cast.partition),
        };
        values.insert(choices.pick(values.len() + 1), other);
    }
    gather(values)
}

/// A `NotPrincipal` list: the names of a requester, often with one missing, changed or too many (PRIN-043).
pub fn layers(choices: &mut dyn Choices, cast: &Cast, principal: &Principal) -> PrincipalSpec {
    choices.label("NotPrincipal");
    if choices.chance(8) {
        return everyone(choices);
    }
    let mut values = Vec::new();
    if let Some(account) = principal.account() {
        values.push(choices.one_of(&of_account(account)).clone());
    }
    for names in [of_entity(principal), of_itself(principal)] {
        if let Some(name) = (!names.is_empty()).then(|| choices.one_of(&names).clone())
            && name.1 != "*"
        {
            values.push(name);
        }
    }
    if values.is_empty() {
        values.push(somebody(choices, cast.partition));
    }
    if values.len() > 1 && choices.chance(45) {
        choices.label("NotPrincipal with a layer missing");
        values.remove(choices.pick(values.len()));
    } else if choices.chance(20) {
        let at = choices.pick(values.len());
        values[at] = near(choices, cast, principal);
    }
    if choices.chance(15) {
        let other = somebody(choices, cast.partition);
        values.insert(choices.pick(values.len() + 1), other);
    }
    gather(values)
}

/// Both spellings of everyone (PRIN-031).
pub fn everyone(choices: &mut dyn Choices) -> PrincipalSpec {
    choices.label("everyone");
    if choices.chance(40) {
        gather(vec![(PrincipalKey::Aws, "*".to_owned())])
    } else {
        PrincipalSpec::Everyone
    }
}

/// One map entry per key, in order of first use.
pub fn gather(values: Vec<Value>) -> PrincipalSpec {
    let mut map: Vec<PrincipalEntry> = Vec::new();
    for (key, value) in values {
        match map.iter_mut().find(|entry| entry.key == key) {
            Some(entry) => entry.values.push(value),
            None => map.push(PrincipalEntry { key, values: vec![value] }),
        }
    }
    PrincipalSpec::Map(map)
}
