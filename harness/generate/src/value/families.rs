//! The families of values. A family is small, so that a scenario about it lets most of its values meet, and whoever reads one of them
//! carelessly takes it for another of the same family.

use super::Family;

mod addresses;
mod arns;
mod dates;
mod numbers;
mod strings;

pub(super) use addresses::ADDRESSES;
pub(super) use arns::ARNS;
pub(super) use dates::DATES;
pub(super) use numbers::NUMBERS;
pub(super) use strings::STRINGS;

pub(super) const BOOLEANS: &[Family] = &[
    Family {
        same: &["true", "True", "TRUE", "tRUE"],
        cover: &[],
        near: &["false", "False"],
        malformed: &["1", "yes", "", "t", "on", " true", "true ", "\"true\"", "truely", "*", "2"],
    },
    Family {
        same: &["false", "False", "FALSE"],
        cover: &[],
        near: &["true", "True"],
        malformed: &["0", "no", " false", "", "f", "off", "null", "False ", "-1"],
    },
];

pub(super) const BINARIES: &[Family] = &[
    Family {
        same: &["QUJD"],
        cover: &[],
        near: &["qujd", "QUJE", "QQ==", "QUI="],
        malformed: &["QUJD=", "QUJD\n", " QUJD", "QU JD", "QUJ", "%%", "", "ABC", "QUJD====", "QUJ*"],
    },
    Family {
        same: &["QQ=="],
        cover: &[],
        near: &["QUE=", "QQA=", "qq==", "Qg=="],
        malformed: &["QQ", "QQ=", "QR==", "Qf==", "QQ==\n", "QQ===", "=QQ=", "Q==="],
    },
    Family {
        same: &["+/8="],
        cover: &[],
        near: &["+/4=", "/+8=", "+/+="],
        malformed: &["-_8=", "+/8", "+/9=", "+/8=\r\n", " /8=", "+/8=="],
    },
    Family { same: &[""], cover: &[], near: &["AA==", "QQ=="], malformed: &["=", "====", " ", "A", "A==="] },
];
