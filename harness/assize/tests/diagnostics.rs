//! What `assize check` says about bad and doubtful documents: one document per code at least, kept as snapshots.

use assize::check::{Options, check, finding_json, findings_text};
use assize_model::{Code, PolicyType};

/// A document and the code that it was made for.
struct Document {
    code: Code,
    /// What tells it from others with the same code.
    name: &'static str,
    policy_type: PolicyType,
    text: &'static [u8],
    options: fn(&mut Options),
}

const fn document(code: Code, name: &'static str, policy_type: PolicyType, text: &'static str) -> Document {
    Document { code, name, policy_type, text: text.as_bytes(), options: |_| {} }
}

use PolicyType::{Identity, Rcp, Resource, Scp, Session, Trust, Vpce};

const DOCUMENTS: &[Document] = &[
    document(
        Code::Json,
        "trailing comma",
        Identity,
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [],\n}\n",
    ),
    document(Code::Json, "empty", Identity, ""),
    document(Code::Json, "two documents", Identity, "{\"Statement\": []}\n{\"Statement\": []}\n"),
    Document {
        code: Code::Json,
        name: "not UTF-8",
        policy_type: Identity,
        text: b"{\n  \"Id\": \"caf\xe9\"\n}\n",
        options: |_| {},
    },
    document(
        Code::Charset,
        "curly quotes",
        Identity,
        "{\n  \"Statement\": {\n    \"Effect\": \u{201c}Allow\u{201d},\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\"\n  }\n}\n",
    ),
    Document {
        code: Code::Size,
        name: "session policy",
        policy_type: Session,
        text: include_bytes!("documents/long-session-policy.json"),
        options: |options| options.size = true,
    },
    document(
        Code::DupKey,
        "action",
        Identity,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Action\": \"s3:GetObject\",\n    \"Resource\": \"*\",\n    \"Action\": \"s3:PutObject\"\n  }\n}\n",
    ),
    document(Code::Type, "statement", Identity, "{\n  \"Statement\": \"Allow everything\"\n}\n"),
    document(
        Code::Element,
        "resources",
        Identity,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Action\": \"s3:*\",\n    \"Resources\": \"*\"\n  }\n}\n",
    ),
    document(
        Code::Missing,
        "effect and action",
        Identity,
        "{\n  \"Statement\": {\n    \"Resource\": \"*\"\n  }\n}\n",
    ),
    document(
        Code::Empty,
        "action",
        Identity,
        "{\n  \"Statement\": {\"Effect\": \"Allow\", \"Action\": [], \"Resource\": \"*\"}\n}\n",
    ),
    document(
        Code::Forbidden,
        "principal in an identity policy",
        Identity,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Principal\": {\n      \"AWS\": \"111111111111\"\n    },\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\"\n  }\n}\n",
    ),
    document(
        Code::Conflict,
        "both actions",
        Scp,
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\"Effect\": \"Deny\", \"Action\": \"s3:*\", \"NotAction\": \"iam:*\", \"Resource\": \"*\"}\n}\n",
    ),
    document(
        Code::Version,
        "today",
        Identity,
        "{\n  \"Version\": \"2024-01-01\",\n  \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}\n}\n",
    ),
    Document {
        options: |options| options.managed = true,
        ..document(
            Code::Version,
            "missing in a managed policy",
            Identity,
            "{\n  \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}\n}\n",
        )
    },
    document(
        Code::Sid,
        "characters and repetition",
        Identity,
        "{\n  \"Statement\": [\n    {\"Sid\": \"read-only\", \"Effect\": \"Allow\", \"Action\": \"s3:Get*\", \"Resource\": \"*\"},\n    {\"Sid\": \"A\", \"Effect\": \"Allow\", \"Action\": \"s3:List*\", \"Resource\": \"*\"},\n    {\"Sid\": \"A\", \"Effect\": \"Deny\", \"Action\": \"s3:Put*\", \"Resource\": \"*\"}\n  ]\n}\n",
    ),
    document(
        Code::Effect,
        "lower case",
        Identity,
        "{\n  \"Statement\": {\"Effect\": \"allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}\n}\n",
    ),
    document(
        Code::Action,
        "no service",
        Identity,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Action\": [\n      \"s3:GetObject\",\n      \"PutObject\",\n      \"s*:List\"\n    ],\n    \"Resource\": \"*\"\n  }\n}\n",
    ),
    document(
        Code::Action,
        "every service in a resource control policy",
        Rcp,
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"*\", \"Resource\": \"*\"}\n}\n",
    ),
    document(
        Code::Resource,
        "bucket name",
        Identity,
        "{\n  \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"my-bucket/*\"}\n}\n",
    ),
    document(
        Code::Principal,
        "wildcard and group",
        Resource,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Principal\": {\n      \"AWS\": [\n        \"arn:aws:iam::111111111111:user/*\",\n        \"arn:aws:iam::111111111111:group/G\"\n      ]\n    },\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\"\n  }\n}\n",
    ),
    document(
        Code::Operator,
        "misspelt",
        Identity,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\",\n    \"Condition\": {\"StringEqual\": {\"aws:username\": \"bob\"}}\n  }\n}\n",
    ),
    document(
        Code::ConditionKey,
        "empty",
        Identity,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\",\n    \"Condition\": {\"StringEquals\": {\"\": \"bob\"}}\n  }\n}\n",
    ),
    document(
        Code::ConditionValue,
        "no such day",
        Identity,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\",\n    \"Condition\": {\"DateLessThan\": {\"aws:CurrentTime\": \"2023-02-29\"}}\n  }\n}\n",
    ),
    document(
        Code::Variable,
        "no brace",
        Identity,
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::b/${aws:username/*\"}\n}\n",
    ),
    document(
        Code::ServiceWildcard,
        "code",
        Identity,
        "{\n  \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"arn:aws:*code*::111111111111:*\"}\n}\n",
    ),
    document(
        Code::TypeWildcard,
        "user or else",
        Identity,
        "{\n  \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"iam:*\", \"NotResource\": [\"arn:aws:iam::111111111111:u*\", \"arn:aws:iam::111111111111:user/*\", \"arn:aws:s3:::b*/k\"]}\n}\n",
    ),
    document(
        Code::NotPrincipal,
        "all but one",
        Resource,
        "{\n  \"Statement\": {\n    \"Effect\": \"Deny\",\n    \"NotPrincipal\": {\"AWS\": \"111111111111\"},\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\"\n  }\n}\n",
    ),
    document(
        Code::KeyFormat,
        "no colon",
        Identity,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\",\n    \"Condition\": {\"StringEquals\": {\"username\": \"bob\"}}\n  }\n}\n",
    ),
    document(
        Code::MixedTypes,
        "text and number",
        Identity,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\",\n    \"Condition\": {\"NumericEquals\": {\"s3:max-keys\": [\"10\", 20, 30]}}\n  }\n}\n",
    ),
    document(
        Code::DupKeyCase,
        "user name",
        Identity,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\",\n    \"Condition\": {\"StringLike\": {\n      \"aws:username\": \"a*\",\n      \"AWS:UserName\": \"*b\"\n    }}\n  }\n}\n",
    ),
    document(
        Code::TypeMismatch,
        "every type",
        Identity,
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\",\n    \"Condition\": {\n      \"NumericLessThan\": {\"s3:max-keys\": \"ten\"},\n      \"Bool\": {\"aws:SecureTransport\": [\"yes\", \"${aws:PrincipalTag/secure}\"]},\n      \"Null\": {\"aws:username\": \"absent\"},\n      \"IpAddress\": {\"aws:SourceIp\": \"203.0.113.0/99\"},\n      \"BinaryEquals\": {\"acme:digest\": \"not base64\"},\n      \"ArnLike\": {\"aws:PrincipalArn\": \"role/x\"}\n    }\n  }\n}\n",
    ),
    document(
        Code::VariablePlace,
        "number, key, label",
        Resource,
        "{\n  \"Version\": \"2012-10-17\",\n  \"Id\": \"${aws:username}\",\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Principal\": \"*\",\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\",\n    \"Condition\": {\n      \"StringEquals\": {\"acme:${aws:username}\": \"x\"},\n      \"NumericEquals\": {\"acme:count\": \"${aws:EpochTime}\"}\n    }\n  }\n}\n",
    ),
    document(
        Code::TrustEveryone,
        "two spellings",
        Trust,
        "{\n  \"Statement\": [\n    {\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"sts:AssumeRole\"},\n    {\"Effect\": \"Allow\", \"Principal\": {\"AWS\": [\"111111111111\", \"*\"]}, \"Action\": \"sts:AssumeRole\"},\n    {\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"sts:TagSession\"}\n  ]\n}\n",
    ),
    document(
        Code::FederatedPlace,
        "bucket policy",
        Resource,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Principal\": {\"Federated\": \"accounts.google.com\"},\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\"\n  }\n}\n",
    ),
    document(
        Code::CanonicalPlace,
        "trust policy",
        Trust,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Principal\": {\"CanonicalUser\": \"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be\"},\n    \"Action\": \"sts:AssumeRole\"\n  }\n}\n",
    ),
    document(
        Code::TagKeyMissing,
        "principal tag",
        Identity,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\",\n    \"Condition\": {\"StringEquals\": {\"aws:PrincipalTag\": \"red\", \"s3:ExistingObjectTag/\": \"red\"}}\n  }\n}\n",
    ),
    document(
        Code::SensitiveWildcard,
        "organization",
        Resource,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Principal\": \"*\",\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\",\n    \"Condition\": {\"StringLike\": {\"AWS:PrincipalOrgId\": \"o-*\"}}\n  }\n}\n",
    ),
    document(
        Code::Family,
        "text for an address",
        Identity,
        "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\",\n    \"Condition\": {\n      \"StringLike\": {\"aws:SourceIp\": \"203.0.113.*\", \"aws:PrincipalArn\": \"arn:*\"},\n      \"NumericLessThan\": {\"aws:EpochTime\": \"1\"},\n      \"Null\": {\"aws:CurrentTime\": \"true\"}\n    }\n  }\n}\n",
    ),
    document(
        Code::PrivateSourceIp,
        "both families",
        Identity,
        "{\n  \"Statement\": {\n    \"Effect\": \"Deny\",\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\",\n    \"Condition\": {\n      \"NotIpAddress\": {\n        \"aws:sourceip\": [\"10.0.0.0/8\", \"203.0.113.0/24\", \"fd00::/8\"],\n        \"aws:VpcSourceIp\": \"10.0.0.0/8\"\n      }\n    }\n  }\n}\n",
    ),
    document(
        Code::VpceIdentifier,
        "wildcard and number",
        Vpce,
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Principal\": \"*\",\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\",\n    \"Condition\": {\n      \"StringLike\": {\"aws:principalorgid\": \"o-123456*\", \"aws:PrincipalTag/team\": \"storage-*\"},\n      \"StringNotEquals\": {\"aws:SourceVpc\": \"vpc-123456*\"},\n      \"NumericEquals\": {\"aws:SourceAccount\": \"111111111111\", \"s3:max-keys\": \"10\"}\n    }\n  }\n}\n",
    ),
    document(
        Code::VpceShortPattern,
        "two patterns of five",
        Vpce,
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Principal\": {\"AWS\": \"*\"},\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\",\n    \"Condition\": {\n      \"StringNotLike\": {\"aws:PrincipalTag/team\": [\"*\", \"storage-*\", \"?-storage-*\", \"a*b\", \"${aws:username}*\"]}\n    }\n  }\n}\n",
    ),
    document(
        Code::VpceAccount,
        "resources and a condition",
        Vpce,
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Principal\": \"*\",\n    \"Action\": \"s3:*\",\n    \"Resource\": [\"arn:aws:sqs:*:1111*:q\", \"arn:aws:sqs:*:*:q\", \"arn:aws:sqs:*:111111111111:q\"],\n    \"Condition\": {\"ArnLike\": {\"aws:PrincipalArn\": [\"arn:aws:iam::?11111111111:role/reader\", \"arn:aws:iam::*:role/reader\"]}}\n  }\n}\n",
    ),
    document(
        Code::VpceGatewayPrincipal,
        "an account",
        Vpce,
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Principal\": {\"AWS\": [\"111111111111\", \"*\"]},\n    \"Action\": \"s3:*\",\n    \"Resource\": \"*\"\n  }\n}\n",
    ),
];

fn options(document: &Document) -> Options {
    let mut options = Options { policy_type: document.policy_type, managed: false, size: false, lints: true };
    (document.options)(&mut options);
    options
}

#[test]
fn every_code_is_shown_where_it_arises() {
    for document in DOCUMENTS {
        let checked = check(document.text, options(document));
        let codes: Vec<Code> = checked.findings.iter().map(|finding| finding.code).collect();
        assert!(codes.contains(&document.code), "{} {}: {codes:?}", document.code, document.name);
        let shown = anstream::adapter::strip_str(&findings_text("policy.json", &checked)).to_string();
        let json: String =
            checked.findings.iter().map(|finding| finding_json("policy.json", finding) + "\n").collect();
        let name = format!("{} {}", document.code, document.name).replace([' ', ','], "-");
        insta::with_settings!({
            snapshot_path => "../../../snapshots/check",
            prepend_module_to_snapshot => false,
            omit_expression => true,
            description => format!("{} as {}", document.name, document.policy_type),
        }, {
            insta::assert_snapshot!(name, format!("{}\n----\n{shown}----\n{json}", String::from_utf8_lossy(document.text)));
        });
    }
}

#[test]
fn every_code_has_a_document() {
    for code in Code::ALL {
        assert!(DOCUMENTS.iter().any(|document| document.code == *code), "{code}");
    }
}

/// Advice depends on the version of the language, and on nothing being wrong.
#[test]
fn advice_is_given_where_it_is_true() {
    let with = |version: &str, rest: &str| {
        let text = format!(
            "{{\"Version\": \"{version}\", \"Statement\": {{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\", {rest}}}}}"
        );
        let options = Options { policy_type: Identity, managed: false, size: false, lints: true };
        check(text.as_bytes(), options).findings.iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    let variable = "\"Condition\": {\"Null\": {\"acme:${x:y}\": \"true\"}}";
    assert_eq!(with("2012-10-17", variable), [Code::VariablePlace]);
    assert_eq!(with("2008-10-17", variable), []);
    // A literal star under StringEquals is no wildcard.
    assert_eq!(with("2012-10-17", "\"Condition\": {\"StringEquals\": {\"aws:SourceVpc\": \"vpc-*\"}}"), []);
    assert_eq!(with("2012-10-17", "\"Condition\": {\"StringLike\": {\"aws:SourceVpc\": \"vpc-1\"}}"), []);
    // Faults come alone.
    assert_eq!(
        with(
            "2012-10-17",
            "\"Sid\": \"a-b\", \"Condition\": {\"StringLike\": {\"aws:SourceVpc\": \"vpc-*\"}}"
        ),
        [Code::Sid]
    );
}
