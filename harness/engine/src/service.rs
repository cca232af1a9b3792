//! The services that rules name.

use assize_model::Action;

use crate::hash::{Beginnings, low_bytes};

/// A service that a rule names by the vendor of its actions, which is read without regard to ASCII case (MATCH-012).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Aoss,
    Ecr,
    Iam,
    Kms,
    S3,
    SecretsManager,
    Sns,
    Sqs,
    Sts,
}

/// Those whose vendor and colon fit into one word, by that word.
const SHORT: [(u64, Service); 8] = [
    (word(b"aoss:"), Service::Aoss),
    (word(b"ecr:"), Service::Ecr),
    (word(b"iam:"), Service::Iam),
    (word(b"kms:"), Service::Kms),
    (word(b"s3:"), Service::S3),
    (word(b"sns:"), Service::Sns),
    (word(b"sqs:"), Service::Sqs),
    (word(b"sts:"), Service::Sts),
];

impl Service {
    /// The service of an action; `beginnings` are those of its text.
    pub(crate) fn of(action: &Action, beginnings: &Beginnings) -> Option<Service> {
        let vendor = action.vendor();
        if vendor.len() < 8 {
            let asked = beginnings.head() & low_bytes(vendor.len() + 1);
            return SHORT.iter().find(|(known, _)| *known == asked).map(|&(_, service)| service);
        }
        vendor.eq_ignore_ascii_case("secretsmanager").then_some(Service::SecretsManager)
    }
}

/// At most eight bytes as a word, filled up with zeros.
const fn word(text: &[u8]) -> u64 {
    let (mut word, mut at) = ([0; 8], 0);
    while at < text.len() {
        word[at] = text[at];
        at += 1;
    }
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendors_are_told_apart() {
        let service = |text: &str| {
            let action = Action::new(text).expect("an action");
            Service::of(&action, &Beginnings::new(text.as_bytes()))
        };
        for (vendor, known) in [
            ("aoss", Service::Aoss),
            ("ecr", Service::Ecr),
            ("iam", Service::Iam),
            ("kms", Service::Kms),
            ("s3", Service::S3),
            ("secretsmanager", Service::SecretsManager),
            ("sns", Service::Sns),
            ("sqs", Service::Sqs),
            ("sts", Service::Sts),
        ] {
            for name in ["x", "GetSomething", "\u{e9}"] {
                assert_eq!(service(&format!("{vendor}:{name}")), Some(known));
                assert_eq!(service(&format!("{}:{name}", vendor.to_uppercase())), Some(known));
                assert_eq!(service(&format!("{vendor}x:{name}")), None);
                assert_eq!(service(&format!("x{vendor}:{name}")), None);
                assert_eq!(service(&format!("{}:{name}", &vendor[1..])), None);
            }
        }
        assert_eq!(service("secrets:GetSecretValue"), None);
    }
}
