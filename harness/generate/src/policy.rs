//! Statements and documents of every policy type, made from a cast.

use std::borrow::Cow;
use std::sync::Arc;

use assize_model::{
    Document, Effect, Element, PolicyType, Position, PrincipalElement, PrincipalSpec, Region, Statement,
    Version,
};

use crate::cast::{Cast, Target};
use crate::choices::Choices;
use crate::condition::{condition, narrow, respell, widen};
use crate::naming;
use crate::pattern::split;
use crate::settings::Settings;

/// What a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Grants: statements of both effects, aimed at the targets.
    Grant,
    /// A guardrail that lets most things through: a broad Allow, perhaps with a targeted Deny.
    Guardrail,
}

/// How a document stands to the cast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It lets the usual requester have the targets, save perhaps the last: what else it holds makes the difference.
    Open,
    /// Anything goes.
    Wild,
}

/// A document of `policy_type`, legal for it.
pub fn document(
    choices: &mut dyn Choices,
    settings: &Settings,
    cast: &Cast,
    policy_type: PolicyType,
    purpose: Purpose,
    mood: Mood,
) -> Document {
    let needs_version = matches!(policy_type, PolicyType::Scp | PolicyType::Rcp);
    let versions = &cast.capabilities.versions;
    let old = match (versions.contains(&Version::V2008), versions.contains(&Version::V2012)) {
        (true, true) => !needs_version && choices.chance(12),
        (old, _) => old,
    };
    let version = if old { Version::V2008 } else { Version::V2012 };
    let writer = Writer { settings, cast, policy_type, version };
    let mut statements = Vec::new();
    if policy_type == PolicyType::Rcp {
        if choices.chance(15) {
            choices.label("RCP full access document");
            statements.push(everything(policy_type, Effect::Allow));
            return assemble(version, statements);
        }
        statements.push(writer.denial(choices, mood));
    } else {
        match (mood, purpose) {
            (Mood::Open, Purpose::Guardrail) if choices.chance(75) => statements.push(writer.broad(choices)),
            (Mood::Open, _) => statements.push(writer.sure(choices)),
            (Mood::Wild, Purpose::Guardrail) if choices.chance(70) => statements.push(writer.broad(choices)),
            (Mood::Wild, _) => {}
        }
        let denied = match purpose {
            Purpose::Grant => settings.deny_beside_allow,
            Purpose::Guardrail => settings.deny_beside_allow / 2,
        };
        if choices.chance(denied) {
            choices.label("targeted Deny beside an Allow");
            statements.push(writer.denial(choices, mood));
        }
        if statements.is_empty() || choices.chance(35) {
            let more = choices.between(1, settings.statements.max(1));
            for _ in 0..more {
                let denies = mood == Mood::Wild && choices.chance(15);
                let effect = if denies { Effect::Deny } else { Effect::Allow };
                let target = choices.one_of(&cast.targets);
                statements.push(writer.aimed(choices, effect, target));
            }
        }
    }
    if choices.pick(1000) >= 1000 - settings.large.min(1000) {
        choices.label("hundreds of statements");
        let most = if choices.chance(25) { 300 } else { 80 };
        let many = choices.between(60, most);
        let mut filler = writer.aimed(choices, Effect::Deny, &cast.targets[0]);
        filler.sid = None;
        let vendor = if policy_type == PolicyType::Trust { "sts" } else { "s3" };
        let fillers = (0..many).map(|nth| {
            let action = list(false, vec![format!("{vendor}:Filler{nth}")]);
            Statement { action, ..filler.clone() }
        });
        // What decides mostly stands last.
        let at = if choices.chance(80) { 0 } else { statements.len() };
        statements.splice(at..at, fillers);
    }
    if statements.len() > 1 && choices.chance(6) {
        choices.label("sibling that differs in one member");
        let at = choices.pick(statements.len());
        let mut sibling = statements[at].clone();
        sibling.sid = None;
        match choices.pick(3) {
            0 if policy_type != PolicyType::Rcp && !sibling.principal.as_ref().is_some_and(|p| p.negated) => {
                sibling.effect = if sibling.effect == Effect::Allow { Effect::Deny } else { Effect::Allow };
            }
            1 => sibling.condition.clear(),
            _ => {
                let entry = &mut sibling.action.entries[0];
                if let Some((vendor, name)) = entry.split_once(':') {
                    *entry = format!("{vendor}:{}", widen(choices, name).replace(':', ""));
                }
            }
        }
        statements.push(sibling);
    }
    if statements.len() > 1 && choices.chance(30) {
        let last = statements.len() - 1;
        statements.swap(0, choices.pick(last + 1));
    }
    // In a document a `Sid` occurs once (GRAM-018), in its neighbours again.
    let labels = statements.iter_mut().enumerate().filter_map(|(nth, made)| Some((nth, made.sid.as_mut()?)));
    labels.for_each(|(nth, sid)| *sid = format!("S{nth}").into());
    assemble(version, statements)
}

/// The `Sid` of a statement that does not know its place yet.
const UNNUMBERED: &str = "S";

/// A document of these statements, without a text that they stand in.
pub(crate) fn assemble(version: Version, statements: Vec<Statement>) -> Document {
    let nowhere = Region { start: Position::START, end: Position::START };
    let regions = vec![nowhere; statements.len()];
    Document { version, id: None, statements, regions }
}

/// The text of a document. What is read under `2008-10-17` may say so or say nothing (GRAM-012).
pub(crate) fn written(choices: &mut dyn Choices, document: &Document, policy_type: PolicyType) -> String {
    let text = document.to_json();
    let says = matches!(policy_type, PolicyType::Scp | PolicyType::Rcp) || document.version == Version::V2012;
    if says || choices.chance(50) {
        return text;
    }
    choices.label("document without Version");
    text.replacen("\"Version\":\"2008-10-17\",", "", 1)
}

/// Whether statements of a type have a principal element.
pub(crate) fn has_principal(policy_type: PolicyType) -> bool {
    matches!(policy_type, PolicyType::Resource | PolicyType::Trust | PolicyType::Vpce | PolicyType::Rcp)
}

/// A statement without Sid and condition.
pub(crate) fn statement(
    effect: Effect,
    principal: Option<PrincipalElement>,
    action: Element,
    resource: Option<Element>,
) -> Statement {
    Statement { sid: None, effect, principal, action, resource, condition: Vec::new() }
}

/// The statement that matches everything, as far as the grammar of the type lets it.
pub(crate) fn everything(policy_type: PolicyType, effect: Effect) -> Statement {
    let action = if policy_type == PolicyType::Trust { "sts:*" } else { "*" };
    let everyone = PrincipalElement { negated: false, spec: PrincipalSpec::Everyone };
    let resource = (policy_type != PolicyType::Trust).then(|| list(false, vec!["*".to_owned()]));
    let principal = has_principal(policy_type).then_some(everyone);
    statement(effect, principal, list(false, vec![action.to_owned()]), resource)
}

/// The text of the document that allows everything, as far as the grammar of the type lets it.
pub(crate) fn full_access(policy_type: PolicyType) -> &'static str {
    match policy_type {
        PolicyType::Trust => {
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["sts:*"]}]}"#
        }
        _ if has_principal(policy_type) => {
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["*"],"Resource":["*"]}]}"#
        }
        _ => r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["*"],"Resource":["*"]}]}"#,
    }
}

/// Writes the statements of one document.
struct Writer<'w> {
    settings: &'w Settings,
    cast: &'w Cast,
    policy_type: PolicyType,
    version: Version,
}

impl Writer<'_> {
    /// An Allow that lets most of the targets through.
    fn broad(&self, choices: &mut dyn Choices) -> Statement {
        let mut statement = everything(self.policy_type, Effect::Allow);
        if self.policy_type != PolicyType::Trust && choices.chance(30) {
            let mut vendors: Vec<String> =
                self.cast.targets.iter().map(|target| [vendor(&target.action), ":*"].concat()).collect();
            vendors.dedup();
            statement.action = list(false, vendors);
        }
        statement
    }

    /// An Allow that the usual requester has for every target, save perhaps the last.
    fn sure(&self, choices: &mut dyn Choices) -> Statement {
        let targets = &self.cast.targets;
        let kept = if targets.len() > 1 && choices.chance(60) { targets.len() - 1 } else { targets.len() };
        let mut statement = everything(self.policy_type, Effect::Allow);
        let actions = targets[..kept].iter().map(|target| self.action_matching(choices, target)).collect();
        statement.action = list(false, actions);
        if statement.resource.is_some() && choices.chance(60) {
            let resources =
                targets[..kept].iter().map(|target| self.resource_matching(choices, &target.resource));
            statement.resource = Some(list(false, resources.collect()));
        }
        if statement.principal.is_some() && !choices.chance(25) {
            let name = naming::name_of(choices, &self.cast.principals[0]);
            statement.principal = Some(PrincipalElement { negated: false, spec: naming::gather(vec![name]) });
        }
        if choices.chance(self.settings.conditions / 4) {
            statement.condition = condition(choices, self.cast);
        }
        statement
    }

    /// A Deny aimed at one target; in an open mood mostly at the last, or under a condition.
    fn denial(&self, choices: &mut dyn Choices, mood: Mood) -> Statement {
        let targets = &self.cast.targets;
        let last = mood == Mood::Open && choices.chance(70);
        let target = if last { &targets[targets.len() - 1] } else { choices.one_of(targets) };
        let mut statement = self.aimed(choices, Effect::Deny, target);
        // An RCP names services, not actions, so that it tends to reach every target.
        let wide = targets.len() == 1 || self.policy_type == PolicyType::Rcp;
        if mood == Mood::Open && wide && statement.condition.is_empty() {
            statement.condition = condition(choices, self.cast);
        }
        statement
    }

    /// A statement aimed at a target, or near it.
    fn aimed(&self, choices: &mut dyn Choices, effect: Effect, target: &Target) -> Statement {
        let aim = self.settings.aim;
        let conditioned = choices.chance(self.settings.conditions);
        let principal = has_principal(self.policy_type).then(|| self.principal(choices, effect, aim));
        let sid = choices.chance(25).then(|| Arc::from(UNNUMBERED));
        Statement {
            sid,
            effect,
            principal,
            action: self.action(choices, target, aim),
            resource: self.resource(choices, target, aim),
            condition: if conditioned { condition(choices, self.cast) } else { Vec::new() },
        }
    }

    fn action(&self, choices: &mut dyn Choices, target: &Target, aim: usize) -> Element {
        if self.policy_type == PolicyType::Rcp {
            return list(false, vec![self.rcp_action(choices, target)]);
        }
        if !choices.chance(aim) {
            let entry = self.action_near(choices, target);
            return list(false, vec![entry]);
        }
        if self.policy_type != PolicyType::Trust && self.cast.reads("NotAction") && choices.chance(8) {
            choices.label("NotAction");
            // Satisfied unless an entry matches the request's action.
            let other =
                if choices.chance(85) { self.action_near(choices, target) } else { target.action.clone() };
            return list(true, vec![other, "acme:Other".to_owned()]);
        }
        let mut entries = vec![self.action_matching(choices, target)];
        if choices.chance(30) {
            let other = choices.one_of(&self.cast.targets);
            entries.push(self.action_matching(choices, other));
        }
        if choices.chance(10) {
            entries.insert(0, self.action_near(choices, target));
        }
        list(false, entries)
    }

    /// An action pattern that covers the target's action, as far as the type's grammar lets it.
    fn action_matching(&self, choices: &mut dyn Choices, target: &Target) -> String {
        let trust = self.policy_type == PolicyType::Trust;
        let action = if trust && vendor(&target.action) != "sts" { "sts:AssumeRole" } else { &target.action };
        let (vendor, name) = action.split_once(':').unwrap_or((action, ""));
        match choices.weighted(&[(40, 0), (10, 1), (16, 2), (16, 3), (6, 4), (6, 5), (6, 6)]) {
            0 => action.to_owned(),
            1 => respell_all(choices, action),
            2 => [vendor, ":*"].concat(),
            3 => [vendor, ":", &widen(choices, name)].concat(),
            4 if !trust => "*".to_owned(),
            5 if !trust => ["*:", &widen(choices, name)].concat(),
            6 if !trust => "*:*".to_owned(),
            _ => [vendor, ":", &name[..name.len().min(3)], "*"].concat(),
        }
    }

    /// An action pattern that comes near the target's action.
    fn action_near(&self, choices: &mut dyn Choices, target: &Target) -> String {
        let trust = self.policy_type == PolicyType::Trust;
        let action = if trust && vendor(&target.action) != "sts" { "sts:AssumeRole" } else { &target.action };
        let (vendor, name) = action.split_once(':').unwrap_or((action, ""));
        match choices.pick(7) {
            0 => [vendor, ":", &narrow(choices, name)].concat(),
            1 => [vendor, ":"].concat(),
            2 => [action, " "].concat(),
            3 => [action, ",Other"].concat(),
            4 if !trust => [vendor, "x:", name].concat(),
            5 if !trust => ["acme:", name].concat(),
            _ => [vendor, ":Put*"].concat(),
        }
    }

    /// An action entry that GRAM-047 takes: it names a service.
    fn rcp_action(&self, choices: &mut dyn Choices, target: &Target) -> String {
        let (vendor, name) = target.action.split_once(':').unwrap_or((&target.action, ""));
        match choices.pick(4) {
            0 => [vendor, ":", &widen(choices, name)].concat(),
            1 => target.action.clone(),
            2 => "s3:*".to_owned(),
            _ => [vendor, ":*"].concat(),
        }
    }

    fn resource(&self, choices: &mut dyn Choices, target: &Target, aim: usize) -> Option<Element> {
        match self.policy_type {
            PolicyType::Trust => return None,
            PolicyType::Resource if choices.chance(25) => {
                choices.label("resource policy statement without resource element");
                return None;
            }
            _ => {}
        }
        let arn = &target.resource;
        if !choices.chance(aim) {
            let near = self.resource_near(choices, arn);
            return Some(list(false, vec![near]));
        }
        if self.cast.reads("NotResource") && choices.chance(8) {
            choices.label("NotResource");
            let other = if choices.chance(85) { self.resource_near(choices, arn) } else { arn.clone() };
            return Some(list(true, vec![other]));
        }
        let mut entries = vec![self.resource_matching(choices, arn)];
        if choices.chance(25) {
            let near = self.resource_near(choices, arn);
            entries.insert(choices.pick(2), near);
        }
        Some(list(false, entries))
    }

    /// A resource pattern that covers the ARN.
    fn resource_matching(&self, choices: &mut dyn Choices, arn: &str) -> String {
        if arn == "*" {
            return "*".to_owned();
        }
        let Some(([_, partition, service, region, account], tail)) = split(arn) else {
            return "*".to_owned();
        };
        let under =
            |tail: &str| ["arn:", partition, ":", service, ":", region, ":", account, ":", tail].concat();
        match choices.weighted(&[(26, 0), (20, 1), (20, 2), (12, 3), (6, 4), (6, 5), (10, 6)]) {
            0 => self.literal(&under(tail)),
            1 => "*".to_owned(),
            2 => under(&self.tail(choices, tail)),
            3 => {
                choices.label("wildcard in an ARN head");
                let tail = self.tail(choices, tail);
                match choices.pick(6) {
                    0 => ["arn:*:", service, ":", region, ":", account, ":", &tail].concat(),
                    1 => ["arn:", partition, ":", service, ":*:", account, ":", &tail].concat(),
                    2 => ["arn:", partition, ":", service, ":", region, ":*:", &tail].concat(),
                    3 => ["arn:", partition, ":", service, ":*:*:", &tail].concat(),
                    4 => ["arn:", partition, ":", service, ":*:", &tail].concat(),
                    _ if !account.is_empty() => {
                        format!(
                            "arn:{partition}:{service}:{region}:{}?:{tail}",
                            &account[..account.len() - 1]
                        )
                    }
                    _ => format!("arn:{partition}:{service}*::{tail}"),
                }
            }
            4 => ["arn:", partition, ":", service, ":*"].concat(),
            5 => ["arn:", partition, ":", &service[..service.len().min(2)], "*"].concat(),
            _ => match self.variable(choices, tail) {
                Some(with_variable) => under(&with_variable),
                None => under("*"),
            },
        }
    }

    /// A pattern for the tail of an ARN.
    fn tail(&self, choices: &mut dyn Choices, tail: &str) -> String {
        if choices.chance(25) {
            self.literal(tail)
        } else {
            widen(choices, &tail.replace(['$', '{', '}'], "?"))
        }
    }

    /// Whether `${…}` is more than text.
    fn has_variables(&self) -> bool {
        self.version == Version::V2012 && self.cast.capabilities.variables
    }

    /// A text that means itself: wildcards and dollars escaped where there are escapes.
    fn literal(&self, text: &str) -> String {
        if !self.has_variables() || !text.contains(['*', '?', '$']) {
            return text.to_owned();
        }
        let escape = |c: char| match c {
            '*' | '?' | '$' => format!("${{{c}}}"),
            _ => c.to_string(),
        };
        text.chars().map(escape).collect()
    }

    /// The tail with a part of it given by a variable.
    fn variable(&self, choices: &mut dyn Choices, tail: &str) -> Option<String> {
        if !self.cast.capabilities.variables {
            return None;
        }
        let mut known = self.cast.derived();
        let single = self.cast.keys.iter().filter(|key| key.values.len() == 1);
        known.extend(single.map(|key| (key.name, Cow::from(&key.values[0].text))));
        known.retain(|(_, value)| !value.is_empty() && tail.contains(&**value));
        choices.label("variable in a resource");
        if known.is_empty() {
            let (whole, part) = (tail, &tail[..tail.len().min(3)]);
            return Some(match choices.pick(3) {
                0 => format!("${{acme:Absent, '{}'}}", whole.replace(['\'', '}'], "")),
                1 => "${acme:Absent}*".to_owned(),
                _ if part.is_ascii() && !part.contains(['$', '{', '\'', '}']) => {
                    format!("${{acme:Absent, '{part}'}}*")
                }
                _ => "${aws:username}".to_owned(),
            });
        }
        let (name, value) = choices.one_of(&known);
        let name = respell(choices, (*name).to_owned());
        Some(tail.replace(&**value, &["${", &name, "}"].concat()))
    }

    /// A resource pattern that comes near the ARN.
    fn resource_near(&self, choices: &mut dyn Choices, arn: &str) -> String {
        if arn == "*" {
            return (*choices.one_of(&["arn:aws:s3:::*", "arn:aws:s3:::bkt", "arn:*:*:*:*:*"])).to_owned();
        }
        let colons = arn.match_indices(':').nth(4).map_or(0, |(at, _)| at + 1);
        let (head, tail) = arn.split_at(colons);
        match choices.pick(6) {
            0 => [arn, "/*"].concat(),
            1 => head.replace("arn:aws:", "arn:aws-cn:") + tail,
            2 if self.cast.capabilities.variables => [head, "${acme:Absent}"].concat(),
            3 => {
                head.replace("us-east-1", "us-west-2") + &widen(choices, tail).to_uppercase().replace('$', "")
            }
            4 => [head, "x"].concat(),
            _ => head.to_owned() + &narrow(choices, tail).replace('$', ""),
        }
    }

    fn principal(&self, choices: &mut dyn Choices, effect: Effect, aim: usize) -> PrincipalElement {
        if self.policy_type == PolicyType::Rcp {
            return PrincipalElement { negated: false, spec: naming::everyone(choices) };
        }
        let negatable = matches!(self.policy_type, PolicyType::Resource | PolicyType::Vpce);
        if negatable && effect == Effect::Deny && self.cast.reads("NotPrincipal") && choices.chance(22) {
            let principal = choices.one_of(&self.cast.principals);
            return PrincipalElement { negated: true, spec: naming::layers(choices, self.cast, principal) };
        }
        let everyone = if self.policy_type == PolicyType::Vpce { 60 } else { 15 };
        if choices.chance(everyone) {
            return PrincipalElement { negated: false, spec: naming::everyone(choices) };
        }
        let principals = &self.cast.principals;
        let principal = if choices.chance(aim) { &principals[0] } else { choices.one_of(principals) };
        let named = if choices.chance(aim) {
            naming::name_of(choices, principal)
        } else {
            naming::near(choices, self.cast, principal)
        };
        let mut entries = vec![named];
        if choices.chance(20) {
            entries.push(naming::somebody(choices, self.cast.partition));
        }
        PrincipalElement { negated: false, spec: naming::gather(entries) }
    }
}

/// The purpose of policies of a type: what grants, and what lets through.
pub fn purpose(policy_type: PolicyType) -> Purpose {
    match policy_type {
        PolicyType::Identity | PolicyType::Resource | PolicyType::Trust => Purpose::Grant,
        _ => Purpose::Guardrail,
    }
}

fn vendor(action: &str) -> &str {
    action.split_once(':').map_or(action, |(vendor, _)| vendor)
}

fn respell_all(choices: &mut dyn Choices, action: &str) -> String {
    if choices.chance(50) { action.to_ascii_uppercase() } else { action.to_ascii_lowercase() }
}

/// An element of these entries.
pub(crate) fn list(negated: bool, entries: Vec<String>) -> Element {
    Element { negated, entries }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_access_is_the_statement_that_matches_everything() {
        for policy_type in PolicyType::ALL {
            let document = assemble(Version::V2012, vec![everything(policy_type, Effect::Allow)]);
            assert_eq!(full_access(policy_type), document.to_json(), "{policy_type}");
        }
    }
}
