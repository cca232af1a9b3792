//! What documents with and without faults hold: the odd but valid, and the almost valid.
//!
//! Lists of `&str` named `…_VALUES` hold JSON text, the others plain strings.

use crate::choices::Choices;

/// One of `values`.
pub(super) fn one<'v>(choices: &mut dyn Choices, values: &[&'v str]) -> &'v str {
    choices.one_of::<&str>(values)
}

/// Odd actions of any type but trust and rcp (GRAM-022, GRAM-023).
pub(super) const ODD_ACTIONS: [&str; 12] = [
    "*",
    "s3:",
    "iam: asdf safdsf",
    "*:Describe*",
    "S3:get*",
    "a.b-c:d",
    "s3:${x}",
    "s3:a,b",
    "*:",
    "2fa:x",
    "s3:\u{e9}\u{4e2d}/?",
    "--:.",
];

/// Odd actions of trust policies (GRAM-045).
pub(super) const ODD_TRUST_ACTIONS: [&str; 5] =
    ["sts:", "STS:*", "sts:Ass?me*", "sts:nope", "Sts:TagSession"];

/// Actions that are none (GRAM-022).
pub(super) const BAD_ACTIONS: [&str; 20] = [
    "GetObject",
    "s3:List:Bucket",
    "s*:GetObject",
    " s3:GetObject",
    "",
    "**",
    ":",
    "s3 :x",
    ":x",
    "s3",
    "*:*:*",
    "s_3:x",
    "\u{e9}:x",
    "s3:${aws:username}",
    "s?:x",
    "\ts3:x",
    "s3\u{ff1a}x",
    "${aws:x}:y",
    "?",
    "s3::x",
];

/// Odd resources (GRAM-025, MATCH-036).
pub(super) const ODD_RESOURCES: [&str; 16] = [
    "arn:aws:cloudfront:*",
    "arn::s3",
    "arn:aws:*:::x",
    "arn:*:s3:::b/*",
    "arn:aws:s3:::b/\u{e9}",
    "arn:aws:s3:::b/\u{4e2d}",
    "arn:mars:nosuch:::",
    "arn:aws:s3",
    "arn:aws:s3:::b/\u{1f600}",
    "arn:aws:s3:::b/\"\\\n",
    "arn:aws: :",
    "arn:${a:b}:s3:::x",
    "arn:aws:${a:b}:::x",
    "arn:aws:iam:us-east-1:1:user/x",
    "arn:aws:s3:::b/\u{80}\u{a0}\u{ff}",
    "arn:aws:s3:::b/${a.b}/${\u{e9}/x, 'b, ${c'}",
];

/// Resources that are none (GRAM-025).
pub(super) const BAD_RESOURCES: [&str; 14] = [
    "my-bucket/*",
    "",
    "arn:aws::::bucket",
    "ARN:aws:s3:::b",
    "arn:aws",
    "arn:",
    "**",
    "?",
    "arn",
    " arn:aws:s3:::b",
    "s3:::b",
    "arn:aws:",
    "*/x",
    // Inside the reference is no field, if references there are.
    "arn:${a:b}::x",
];

/// Principals of every valid shape (GRAM-026, GRAM-027, PRIN-017 to PRIN-027).
pub(super) const ODD_PRINCIPAL_VALUES: [&str; 18] = [
    r#""*""#,
    r#"{"AWS":"*"}"#,
    r#"{"AWS":["111111111111","*"]}"#,
    r#"{"AWS":"arn:aws:iam::111111111111:root"}"#,
    r#"{"AWS":"arn:mars:iam::111111111111:user/a/b/c"}"#,
    r#"{"AWS":["arn:aws:iam::111111111111:role/path/R"]}"#,
    r#"{"AWS":"arn:aws:sts::111111111111:assumed-role/R/s"}"#,
    r#"{"AWS":"arn:aws:sts::111111111111:federated-user/f"}"#,
    r#"{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}"#,
    r#"{"AWS":["AIDAAAAAAAAAAAAAAAAAA","AROAAAAAAAAAAAAAAAAAA","A123456789012345"]}"#,
    r#"{"Service":["ec2.amazonaws.com","s3.cn-north-1.amazonaws.com.cn"]}"#,
    r#"{"Federated":"anything goes"}"#,
    r#"{"CanonicalUser":"1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a"}"#,
    r#"{"Federated":["a","b"],"AWS":"111111111111","Service":"a.b"}"#,
    r#"{"AWS":["000000000012","arn:aws:iam::000000000012:role/a//b:c d/"]}"#,
    r#"{"AWS":["arn:aws:sts::111111111111:assumed-role/R/a@b=c","arn:aws:iam::111111111111:user/a:b/"]}"#,
    concat!(
        r#"{"AWS":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"#,
        r#"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA0"}"#,
    ),
    r#"{"Service":["a-1.b2.c-d","0.1"]}"#,
];

/// Principal elements that are none (GRAM-026).
pub(super) const BAD_PRINCIPAL_VALUES: [&str; 18] = [
    r#""111111111111""#,
    r#"["*"]"#,
    "{}",
    r#""""#,
    r#""**""#,
    r#"{"aws":"*"}"#,
    r#"{"AWS":[]}"#,
    r#"{"AWS":{}}"#,
    r#"{"AWS":"*","Unknown":"x"}"#,
    r#""AWS""#,
    r#"{"*":"*"}"#,
    r#"{"AWS":[["*"]]}"#,
    "true",
    r#"{"AWS":null}"#,
    r#"{"AWS":111111111111}"#,
    r#"{"AWS":"111111111111","AWS":"*"}"#,
    r#"{"":"*"}"#,
    r#""arn:aws:iam::111111111111:root""#,
];

/// Values that are no principals under their key (GRAM-027, PRIN-021), by what they nearly are.
pub(super) const BAD_PRINCIPALS: [&[(&str, &str)]; 7] = [
    &[
        ("AWS", ""),
        ("AWS", " *"),
        ("AWS", "**"),
        ("AWS", "11111111111"),
        ("AWS", "1111111111111"),
        ("AWS", "1111-1111-1111"),
        ("AWS", "11111111111a"),
        ("AWS", "\u{661}\u{661}\u{661}\u{661}\u{661}\u{661}\u{661}\u{661}\u{661}\u{661}\u{661}\u{661}"),
        ("AWS", "bob"),
        ("AWS", " 111111111111"),
        ("AWS", "111111111111 "),
    ],
    &[
        ("AWS", "arn:aws:iam::111111111111"),
        ("AWS", "arn:aws:iam::111111111111:"),
        ("AWS", "arn:aws:iam::111111111111:rooty"),
        ("AWS", "arn:aws:iam::111111111111:root/"),
        ("AWS", "arn:aws:iam::111111111111:Root"),
        ("AWS", "arn:aws:iam::*:root"),
        ("AWS", "arn:aws:iam::111111111111:user"),
        ("AWS", "arn:aws:iam::111111111111:user/"),
        ("AWS", "arn:aws:iam::111111111111:user/*"),
        ("AWS", "arn:aws:iam::111111111111:user/b?b"),
        ("AWS", "arn:aws:iam::111111111111:user/${aws:username}"),
        ("AWS", "arn:aws:iam::111111111111:role/"),
        ("AWS", "arn:aws:iam::cloudfront:role/R"),
        ("AWS", "arn:aws:iam::cloudfront:root"),
    ],
    &[
        ("AWS", "arn:aws:iam::111111111111:group/Dev"),
        ("AWS", "arn:aws:iam::111111111111:instance-profile/p"),
        ("AWS", "arn:aws:iam::111111111111:policy/p"),
        ("AWS", "arn:aws:iam::111111111111:mfa/bob"),
        ("AWS", "arn:aws:iam::111111111111:saml-provider/P"),
        ("AWS", "arn:aws:iam::111111111111:assumed-role/R/s"),
        ("AWS", "arn:aws:iam:us-east-1:111111111111:role/R"),
        ("AWS", "arn::iam::111111111111:role/R"),
        ("AWS", "arn:aws:iam:::role/R"),
        ("AWS", "arn:aws:iam::11111111111:role/R"),
        ("AWS", "ARN:aws:iam::111111111111:role/R"),
        ("AWS", "arn:aws:s3:::bucket"),
    ],
    &[
        ("AWS", "arn:aws:sts::111111111111:root"),
        ("AWS", "arn:aws:sts::111111111111:assumed-role/R"),
        ("AWS", "arn:aws:sts::111111111111:assumed-role/R/"),
        ("AWS", "arn:aws:sts::111111111111:assumed-role//s"),
        ("AWS", "arn:aws:sts::111111111111:assumed-role/R/s/x"),
        ("AWS", "arn:aws:sts::111111111111:assumed-role/R/*"),
        ("AWS", "arn:aws:sts::111111111111:federated-user/"),
        ("AWS", "arn:aws:sts::111111111111:federated-user/a/b"),
    ],
    &[
        ("AWS", "AIDAAAAAAAA"),
        ("AWS", "AIDAaaaaaaaaaaaaaaaaa"),
        ("AWS", "BIDAAAAAAAAAAAAAAAAAA"),
        ("AWS", "A12345678901234"),
        (
            "AWS",
            concat!(
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            ),
        ),
        ("CanonicalUser", "1a1a"),
        ("CanonicalUser", "*"),
        ("CanonicalUser", "1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"),
        ("CanonicalUser", "1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"),
        ("CanonicalUser", "1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A"),
        ("CanonicalUser", "1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g1g"),
    ],
    &[
        ("Service", ""),
        ("Service", "*"),
        ("Service", "ec2"),
        ("Service", "EC2.amazonaws.com"),
        ("Service", "ec2..amazonaws.com"),
        ("Service", ".amazonaws.com"),
        ("Service", "ec2.amazonaws.com."),
        ("Service", "ec2_x.amazonaws.com"),
    ],
    &[("Federated", ""), ("Federated", "*"), ("Federated", "p?"), ("Federated", "${aws:x}")],
];

/// Odd conditions that are valid in every type (GRAM-033 to GRAM-040).
pub(super) const ODD_CONDITION_VALUES: [&str; 17] = [
    "{}",
    r#"{"StringEquals":{}}"#,
    r#"{"StringEquals":{"k":[]}}"#,
    r#"{"StringEquals":{"k":["a",1,false]}}"#,
    r#"{"NumericLessThan":{"s3:max-keys":1e3}}"#,
    r#"{"NumericEquals":{"k":[1.0,-0,1E+2,0.10,-0.0e-0]}}"#,
    r#"{"NumericLessThan":{"k":"ten"},"IpAddress":{"k":"10.0.0.0/99"}}"#,
    r#"{"Bool":{"aws:SecureTransport":true}}"#,
    r#"{"StringLike":{"aws:username":"a*","AWS:UserName":"*b"}}"#,
    r#"{"ForAllValues:StringNotLikeIfExists":{"aws:TagKeys":"x*"}}"#,
    r#"{"ForAnyValue:Null":{"k":"true"}}"#,
    r#"{"NumericEquals":{"k":"${oops"}}"#,
    r#"{"DateEquals":{"k":["2024-03","1704067200",0,"2024-02-29t00:00z","2024-03-01T00:00:00.5+01:00"]}}"#,
    r#"{"StringEquals":{"no colon":"v"}}"#,
    r#"{"StringLike":{"\u00e9 ${x":["v"]}}"#,
    r#"{"StringEquals":{"k":1.50},"StringLike":{"k":true},"Bool":{"k":0}}"#,
    r#"{"BinaryEquals":{"k":"${"},"IpAddress":{"k":"${a b}"},"Null":{"k":"${}"}}"#,
];

/// Conditions of a wrong shape (GRAM-030, GRAM-034, GRAM-035).
pub(super) const BAD_CONDITION_VALUES: [&str; 11] = [
    "[]",
    r#"[{"Bool":{"k":"true"}}]"#,
    r#"{"Bool":["k"]}"#,
    r#"{"Bool":"true"}"#,
    r#"{"StringEquals":{"":"v"}}"#,
    r#"{"StringEquals":{"k":{"a":"b"}}}"#,
    r#"{"StringEquals":{"k":[["a"]]}}"#,
    r#"{"StringEquals":{"k":null}}"#,
    r#"{"StringEquals":{"k":["a",null]}}"#,
    r#"{"k":{"StringEquals":"v"}}"#,
    r#""StringEquals""#,
];

/// Operators that are none (GRAM-031, GRAM-032).
pub(super) const BAD_OPERATORS: [&str; 25] = [
    "stringEquals",
    "StringLikeIgnoreCase",
    "ForAnyValue::StringEquals",
    "NullIfExists",
    "ForAllValues:NullIfExists",
    "StringEqualsIfexists",
    "forAllValues:StringEquals",
    "ForAllValues: StringEquals",
    "StringEquals ",
    "",
    "Nope",
    "NumericLessThanOrEquals",
    "NotIpAddressIfExistsIfExists",
    "ForAllValues:",
    "ForAnyValue:ForAllValues:StringEquals",
    "IfExists",
    "ArnNotEqual",
    "BinaryNotEquals",
    "BoolIfExist",
    "ForAllValue:StringEquals",
    "IfExistsStringEquals",
    "String\u{421}quals",
    "ForAnyValues:StringEquals",
    "BoolNotEquals",
    "NotBool",
];

/// Texts with references to variables, well-formed or not (GRAM-041, MATCH-060).
pub(super) const VARIABLES: [&str; 34] = [
    "${",
    "${}",
    "${ aws:username}",
    "${aws:username }",
    "${aws:user name}",
    "${a,b}",
    "${a, b}",
    "${a, 'b}",
    "${a, 'b'",
    "${aws:username",
    "$${",
    "${${a}}",
    "${a, 'b' }",
    "${a,'b'}",
    "${a, ''}",
    "${, 'b'}",
    "${*}",
    "${?}",
    "${$}",
    "${aws:username}",
    "${aws:PrincipalTag/t, 'x'}",
    "$",
    "${a, 'b'c'}",
    "${\n}",
    "${a, 'b, c d'}",
    "${a,  'b'}",
    "${a, \"b\"}",
    "${a'b}",
    "${a, '$'}",
    "${a, '{'}",
    "${a.b-c_d/e}",
    "${\u{e9}}",
    "${${a}",
    "${a:b:c}",
];

/// Dates that are none (GRAM-039, COND-060, COND-061); JSON text.
pub(super) const BAD_DATE_VALUES: [&str; 23] = [
    r#""tomorrow""#,
    r#""2024-02-30""#,
    r#""2023-02-29""#,
    r#""2024-13""#,
    r#""2024-00-01""#,
    r#""2024-1-1""#,
    r#""2024-01-01T24:00:00Z""#,
    r#""2024-01-01T00:00:60Z""#,
    r#""2024-01-01 00:00:00""#,
    r#""2024-01-01T00Z""#,
    r#""2024-01-01Z""#,
    r#""2024-01-01T00:00:00+24:00""#,
    r#""2024-01-01T00:00:00.Z""#,
    r#""2024-01-01T00:00:00.1234567890Z""#,
    r#""-1""#,
    "1.5",
    r#""9223372036854775808""#,
    r#""""#,
    r#""${aws:CurrentTime}""#,
    "true",
    r#"["2024-01-01",""]"#,
    r#""2024-01-01T00:00:00+0000""#,
    r#""2024-01-01T00:00:00+1:00""#,
];

/// Versions that are none (GRAM-011).
pub(super) const BAD_VERSION_VALUES: [&str; 9] = [
    r#""2012-10-18""#,
    r#""2012-10-17 ""#,
    "20121017",
    r#""""#,
    r#""2008-10-1""#,
    r#"["2012-10-17"]"#,
    "true",
    "{}",
    r#""1.0""#,
];

/// Effects that are none (GRAM-019).
pub(super) const BAD_EFFECT_VALUES: [&str; 7] =
    [r#""allow""#, r#""DENY""#, r#""Permit""#, r#"["Allow"]"#, r#""""#, "true", r#""Allow ""#];

/// `Sid`s that some types refuse (GRAM-017); JSON text.
pub(super) const BAD_SID_VALUES: [&str; 7] =
    [r#""Read_1""#, r#""Read-1""#, "7", r#""my read""#, "{}", r#""\u00e9""#, r#"["a"]"#];

/// Numbers that JSON does not have.
pub(super) const BAD_NUMBERS: [&str; 11] =
    ["NaN", "Infinity", "-Infinity", "01", "+1", ".5", "1.", "0x10", "1e", "-", "1_000"];

/// Numbers that JSON has and few programs hold.
pub(super) const HUGE_NUMBERS: [&str; 6] = [
    "1e999999999",
    "-1E-999999999",
    "9007199254740993",
    "340282366920938463463374607431768211456",
    "0.1000000000000000055511151231257827021181583404541015625",
    "123456789012345678901234567890123456789012345678901234567890e-30",
];

/// One value of each type.
pub(super) const ANY_VALUES: [&str; 12] =
    ["true", "false", "0", "1.0", "-0", "1e3", r#""""#, r#""x""#, "[]", "{}", r#"["x"]"#, r#"{"x":"x"}"#];
