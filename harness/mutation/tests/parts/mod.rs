//! Which rules take part in the decision of single requests of the corpus, and which do not.
//!
//! Where a rule has its part says its text: a rule about absent keys has none in a test whose key is there. That each rule applies in a
//! case of its own is tested beside these; here stand the requests that it has to be told apart from.

/// What the trace of one request says of some rules.
pub struct Parts {
    pub scenario: &'static str,
    pub request: &'static str,
    pub applied: &'static [&'static str],
    /// They take no part, or do not apply.
    pub not_applied: &'static [&'static str],
}

const fn parts(
    scenario: &'static str,
    request: &'static str,
    applied: &'static [&'static str],
    not_applied: &'static [&'static str],
) -> Parts {
    Parts { scenario, request, applied, not_applied }
}

const MATCHES: &str = "satisfied";
const DOES_NOT: &str = "not satisfied";
const USER: &str = "user:u@A s3:GetObject";

#[rustfmt::skip]
pub const PARTS: &[Parts] = &[
    // Actions: one without wildcards that matches; another action; another service.
    parts("match-012/01-allow", MATCHES, &["MATCH-012", "MATCH-019"],
        &["EVAL-004", "MATCH-011", "MATCH-013", "MATCH-014", "MATCH-015", "MATCH-016", "MATCH-017"]),
    parts("match-012/03-allow", DOES_NOT, &[], &["MATCH-012", "MATCH-019"]),
    parts("match-012/04-allow", DOES_NOT, &["EVAL-004"], &["EVAL-037", "MATCH-012", "MATCH-019"]),

    // Resources: everything; a plain ARN; an ARN for an action without resource.
    parts("match-031/01-allow", MATCHES, &["MATCH-031"], &["EVAL-059", "MATCH-035"]),
    parts("match-031/03-allow", DOES_NOT, &["EVAL-059", "MATCH-031"], &["MATCH-035"]),
    parts("match-030/01-allow", DOES_NOT, &["MATCH-034"],
        &["EVAL-059", "MATCH-031", "MATCH-033", "MATCH-036", "MATCH-037", "MATCH-040", "MATCH-061", "MATCH-062", "MATCH-071"]),
    parts("match-032/01-allow", MATCHES, &[], &["MATCH-002", "MATCH-037"]),

    // References: without and with variables; of several values, of one, of none.
    parts("match-061/02-allow", MATCHES, &["MATCH-061"], &["MATCH-060", "MATCH-062", "MATCH-067", "MATCH-071"]),
    parts("match-071/01-allow", MATCHES, &["MATCH-060", "MATCH-062"], &["MATCH-061", "MATCH-071"]),
    parts("match-064/02-equals-allow", "the template itself", &["MATCH-064", "MATCH-066"], &["MATCH-065"]),
    parts("match-064/03-allow", "the expected text", &[], &["COND-029", "MATCH-064", "MATCH-065", "MATCH-066"]),
    parts("match-065/01-equals-allow", "the template itself", &["COND-029", "MATCH-065", "MATCH-066"], &["MATCH-064"]),
    parts("match-065/03-allow", "the expected text", &["MATCH-065"], &["MATCH-066"]),
    parts("match-062/03-allow", MATCHES, &["MATCH-062"], &[]),
    parts("match-062/04-allow", DOES_NOT, &[], &["MATCH-062"]),

    // Tests of one value: it is there, it is not, it is empty; as it is, negated, with `IfExists`.
    parts("cond-003/01-allow", MATCHES, &["COND-006", "COND-007", "COND-024"],
        &["COND-004", "COND-005", "COND-008", "COND-009", "COND-010", "COND-011", "COND-012", "COND-013", "COND-014", "COND-015",
          "COND-016", "COND-017", "COND-018", "COND-019", "COND-020", "COND-021", "COND-022", "COND-023", "COND-025", "COND-026",
          "COND-027", "COND-028", "COND-031", "COND-032", "COND-033", "COND-042"]),
    parts("cond-009/01-allow", DOES_NOT, &["COND-008", "COND-009"],
        &["COND-004", "COND-005", "COND-006", "COND-007", "COND-010", "COND-011", "COND-012", "COND-015", "COND-019", "COND-024",
          "COND-025"]),
    parts("cond-004/02-allow", MATCHES, &["COND-004", "COND-005", "COND-024"], &["COND-009", "COND-010", "COND-018"]),
    parts("cond-010/02-allow", MATCHES, &["COND-008", "COND-010"], &["COND-004", "COND-005", "COND-009", "COND-011", "COND-019"]),
    parts("cond-011/01-allow", MATCHES, &["COND-008", "COND-011"], &["COND-009", "COND-010", "COND-012", "COND-019", "COND-021"]),
    parts("cond-011/02-allow", MATCHES, &["COND-011"], &["COND-009", "COND-010"]),
    parts("cond-012/01-allow", DOES_NOT, &["COND-012", "COND-024"], &["COND-009", "COND-011", "COND-021"]),
    parts("cond-015/03-allow", MATCHES, &["COND-005", "COND-015"], &["COND-008", "COND-010"]),
    parts("cond-025/03-allow", MATCHES, &["COND-005", "COND-025"], &["COND-022", "COND-024"]),

    // Null, as it is and under a set operator.
    parts("cond-013/01-allow", MATCHES, &["COND-008", "COND-013", "COND-014"],
        &["COND-009", "COND-010", "COND-015", "COND-019", "COND-023", "COND-024"]),
    parts("cond-013/02-allow", MATCHES, &["COND-013", "COND-014"], &["COND-009", "COND-016", "COND-023", "COND-024", "COND-025"]),
    parts("cond-023/01-allow", MATCHES, &["COND-023"],
        &["COND-013", "COND-014", "COND-016", "COND-017", "COND-019", "COND-020", "COND-022"]),
    parts("cond-023/02-allow", DOES_NOT, &["COND-008", "COND-023"], &["COND-009", "COND-013", "COND-014", "COND-019"]),

    // Set operators: values that are there, one or two; that are not; that are empty.
    parts("cond-016/01-allow", MATCHES, &["COND-016", "COND-022"],
        &["COND-004", "COND-005", "COND-013", "COND-014", "COND-017", "COND-018", "COND-019", "COND-020", "COND-021", "COND-023",
          "COND-024", "COND-025"]),
    parts("cond-016/02-allow", MATCHES, &["COND-016"], &["COND-022", "COND-025"]),
    parts("cond-017/01-allow", MATCHES, &["COND-017"], &["COND-016"]),
    parts("cond-018/01-allow", MATCHES, &["COND-004", "COND-018"], &["COND-005", "COND-010", "COND-020"]),
    parts("cond-019/02-allow", MATCHES, &["COND-019"], &["COND-010", "COND-016", "COND-018"]),
    parts("cond-019/03-allow", DOES_NOT, &["COND-019"],
        &["COND-009", "COND-011", "COND-017", "COND-020", "COND-021", "COND-022", "COND-023"]),
    parts("cond-011/04-allow", MATCHES, &["COND-011", "COND-021"], &["COND-009", "COND-012", "COND-019"]),
    parts("cond-020/01-allow", MATCHES, &["COND-015", "COND-020"], &["COND-019"]),

    // Comparisons.
    parts("cond-001/02-allow", DOES_NOT, &[], &["COND-027", "COND-032"]),
    parts("cond-030/01-allow", MATCHES, &["COND-030", "COND-051"], &["COND-033", "COND-052"]),
    parts("cond-042/01-allow", DOES_NOT, &["COND-042"], &["COND-033"]),
    parts("cond-043/01-allow", MATCHES, &["COND-043"], &["COND-033", "COND-044"]),
    parts("cond-052/01-allow", MATCHES, &["COND-052"], &["COND-030", "COND-051"]),
    parts("cond-060/01-allow", MATCHES, &["COND-060", "COND-064"], &["COND-061", "COND-062"]),
    parts("cond-061/01-allow", MATCHES, &["COND-061", "COND-064"], &["COND-060", "COND-062"]),
    parts("cond-063/02-allow", MATCHES, &["COND-063"], &["COND-064"]),
    parts("cond-081/01-allow", MATCHES, &["COND-081"], &["COND-030", "COND-082", "COND-084", "COND-085"]),
    parts("cond-082/01-allow", MATCHES, &["COND-082"], &["COND-081", "COND-084", "COND-085"]),

    // Principals.
    parts("match-090/allow", "Bob", &[], &["MATCH-098"]),
    parts("match-091/allow-star", "an anonymous caller", &[], &["PRIN-016"]),
    parts("match-098/not-principal-with-user-and-account", "Bob", &[], &["PRIN-046"]),
    parts("principals/account-value-and-root/cross-account", "root of the account", &["PRIN-033"], &[]),
    parts("principals/account-value-and-root/cross-account", "root of another account", &[], &["PRIN-033"]),
    parts("principals/account-value-and-root/cross-account", "user of the account", &[], &["PRIN-033"]),
    parts("eval-028/user-arn", USER, &["EVAL-028", "EVAL-029"], &["EVAL-030", "EVAL-044", "EVAL-045", "EVAL-050", "PRIN-033"]),

    // Policy types, and the sides of a decision.
    parts("eval-002/principal", "user:w@A s3:GetObject", &[], &["EVAL-003", "EVAL-023"]),
    parts("eval-002/condition", "with the tag", &[], &["EVAL-061", "EVAL-076"]),
    parts("eval-004/nothing-but-the-request", "root@A s3:GetObject", &["EVAL-031"], &["EVAL-032"]),
    parts("eval-005/resource/over-identity-and-resource", USER, &["EVAL-005"], &["EVAL-004", "EVAL-047"]),
    parts("eval-005/resource/over-identity-and-resource", "user:u@A s3:PutObject", &[], &["EVAL-005"]),
    parts("eval-011/no-path", USER, &["EVAL-011"],
        &["EVAL-012", "EVAL-013", "EVAL-015", "EVAL-017", "EVAL-021", "EVAL-029", "EVAL-030", "EVAL-031", "EVAL-032", "EVAL-036",
          "EVAL-037", "EVAL-038", "EVAL-039", "EVAL-040", "EVAL-041", "EVAL-044", "EVAL-045", "EVAL-046", "EVAL-047", "EVAL-050",
          "EVAL-052", "COND-000", "COND-001"]),
    parts("eval-013/level-of-denies-only", USER, &["EVAL-013"], &["EVAL-012"]),
    parts("eval-030/identity-policy-missing", USER, &["EVAL-030"], &["EVAL-029", "EVAL-037", "EVAL-045", "EVAL-046"]),
    parts("eval-032/account-named", "root@B s3:PutObject", &["EVAL-032"], &["EVAL-030", "EVAL-031", "EVAL-046"]),
    parts("eval-037/boundary-alone", USER, &["EVAL-037"], &["EVAL-041"]),
    parts("eval-038/intersection", "sess:R/s@A s3:GetObject", &[], &["EVAL-037", "EVAL-039", "EVAL-040", "EVAL-041"]),
    parts("eval-040/boundary/denies-only", USER, &["EVAL-040"], &["EVAL-041"]),
    parts("eval-041/session-policy-beyond-the-issuer", "fed:carol@A<token-app> s3:GetObject", &[], &["EVAL-041", "EVAL-042"]),
    parts("eval-045/account", "user:bob@B s3:GetObject", &["EVAL-045"], &["EVAL-030", "EVAL-044", "EVAL-046", "EVAL-050"]),
    parts("eval-045/user-arn", "user:bob@B s3:GetObject", &["EVAL-044", "EVAL-045"], &["EVAL-046"]),
    parts("eval-049/account-named", "user:u@A sts:AssumeRole", &[], &["EVAL-030", "EVAL-050"]),
    parts("eval-050/ordinary-resource-is-different", USER, &[], &["EVAL-050"]),
];
