//! Operations on roles, instance profiles and instances.

use assize_model::{
    Account, ContextEntry, Entity, Evaluator, Origin, Policies, PolicySource, Principal, Request,
    ResourceKind, ResourcePolicy, RoleSession, Service,
};

use super::Stop;
use super::account::{
    Association, AssociationState, Instance, InstanceState, Metadata, Profile, RoleState, State,
};
use super::authorization::{authorize, entry, request};
use super::passing::PassedRole;
use super::session::{Caller, Tag};

/// The service that assumes the roles of instances.
const EC2: &str = "ec2.amazonaws.com";

/// An operation on a state.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the variants are AWS's operations, their members AWS's parameters")]
pub enum Operation {
    CreateRole { role: Entity, trust: String, tags: Vec<Tag> },
    PutRolePolicy { role: String, name: String, document: String },
    DeleteRolePolicy { role: String, name: String },
    UpdateAssumeRolePolicy { role: String, trust: String },
    PutRolePermissionsBoundary { role: String, boundary: String },
    DeleteRole { role: String },
    CreateInstanceProfile { profile: Entity },
    DeleteInstanceProfile { profile: String },
    AddRoleToInstanceProfile { profile: String, role: String },
    RemoveRoleFromInstanceProfile { profile: String, role: String },
    RunInstances { instance: String, profile: Option<String>, association: String, console: bool },
    AssociateIamInstanceProfile { instance: String, profile: String, association: String, console: bool },
    ReplaceIamInstanceProfileAssociation { association: String, profile: String, new: String, console: bool },
    DisassociateIamInstanceProfile { association: String, console: bool },
}

/// What an operation came to.
#[derive(Clone, Debug)]
pub struct Done {
    /// The state after it.
    pub state: State,
    /// The actions that were authorized, in order.
    pub authorizations: Vec<String>,
    /// The path, ARN and id of a role or profile that it created (DELEG-063).
    pub created: Option<Created>,
    /// The association that it made or changed (DELEG-053).
    pub association: Option<Association>,
}

/// DELEG-063: what each creation returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// The path.
    pub path: String,
    /// The ARN.
    pub arn: String,
    /// The unique id.
    pub id: String,
}

/// The operation as the caller asks for it, and the state it is asked in.
struct Call<'c> {
    evaluator: &'c dyn Evaluator,
    caller: &'c Caller,
    state: &'c State,
}

/// Performs one operation.
///
/// # Errors
/// [`Stop::Denied`], and the reasons of the rule that the operation belongs to.
pub fn apply(
    evaluator: &dyn Evaluator,
    caller: &Caller,
    state: &State,
    operation: &Operation,
) -> Result<Done, Stop> {
    let call = Call { evaluator, caller, state };
    match operation {
        Operation::CreateRole { role, trust, tags } => call.create_role(role, trust, tags),
        Operation::PutRolePolicy { role, name, document } => call.put_role_policy(role, name, document),
        Operation::DeleteRolePolicy { role, name } => call.delete_role_policy(role, name),
        Operation::UpdateAssumeRolePolicy { role, trust } => call.update_trust(role, trust),
        Operation::PutRolePermissionsBoundary { role, boundary } => call.put_boundary(role, boundary),
        Operation::DeleteRole { role } => call.delete_role(role),
        Operation::CreateInstanceProfile { profile } => call.create_profile(profile),
        Operation::DeleteInstanceProfile { profile } => call.delete_profile(profile),
        Operation::AddRoleToInstanceProfile { profile, role } => call.add_role(profile, role),
        Operation::RemoveRoleFromInstanceProfile { profile, role } => call.remove_role(profile, role),
        Operation::RunInstances { instance, profile, association, console } => {
            call.run(instance, profile.as_deref(), association, *console)
        }
        Operation::AssociateIamInstanceProfile { instance, profile, association, console } => {
            call.associate(instance, profile, association, *console)
        }
        Operation::ReplaceIamInstanceProfileAssociation { association, profile, new, console } => {
            call.replace(association, profile, new, *console)
        }
        Operation::DisassociateIamInstanceProfile { association, console } => {
            call.disassociate(association, *console)
        }
    }
}

impl Call<'_> {
    fn request(
        &self,
        action: &str,
        arn: &str,
        context: impl IntoIterator<Item = ContextEntry>,
    ) -> Result<Request, Stop> {
        let context = self.caller.context.iter().cloned().chain(context).collect();
        request(&self.caller.principal, action, Some((arn, &self.state.account.id)), context)
    }

    /// DELEG-050: `iam:PassRole` for EC2, on the role and not on the profile (DELEG-037). No role needs none.
    fn pass(&self, role: Option<&RoleState>, associated: &str) -> Result<Option<Request>, Stop> {
        let request = |role: &RoleState| {
            let passed = PassedRole {
                account: self.state.account.clone(),
                path: role.entity.path.clone(),
                name: role.entity.name.clone(),
                services: vec![EC2.to_owned()],
                associated_resource: Some(associated.to_owned()),
            };
            passed.request(&self.caller.principal, &self.caller.context)
        };
        role.map(request).transpose()
    }

    /// DELEG-050: what the console asks beside the call.
    fn listing(&self, console: bool) -> Result<Option<Request>, Stop> {
        let list =
            || request(&self.caller.principal, "iam:ListInstanceProfiles", None, self.caller.context.clone());
        console.then(list).transpose()
    }

    fn authorize(&self, requests: impl IntoIterator<Item = Request>) -> Result<Vec<String>, Stop> {
        let requests: Vec<Request> = requests.into_iter().collect();
        authorize(self.evaluator, &self.caller.policies, &requests)
    }

    /// Authorizes `primary`, then finds what the operation names, then authorizes passing the role (WORLD-005). Where everything is
    /// found this is one list of authorizations with one combined decision (EVAL-060).
    fn authorize_passing<T>(
        &self,
        primary: Vec<Request>,
        found: Result<T, Stop>,
        pass: impl FnOnce(&T) -> Result<Option<Request>, Stop>,
    ) -> Result<(T, Vec<String>), Stop> {
        match found {
            Ok(found) => {
                let pass = pass(&found)?;
                let authorizations = self.authorize(primary.into_iter().chain(pass))?;
                Ok((found, authorizations))
            }
            Err(missing) => {
                self.authorize(primary)?;
                Err(missing)
            }
        }
    }

    fn done(&self, state: State, authorizations: Vec<String>) -> Done {
        Done { state, authorizations, created: None, association: None }
    }

    fn check_trust(&self, trust: &str) -> Result<(), Stop> {
        let policy = PolicySource::new("trust", trust);
        let resource = Some(ResourcePolicy { kind: ResourceKind::RoleTrust, policy });
        self.check_document(Policies { resource, ..Policies::default() })
    }

    fn check_document(&self, alone: Policies) -> Result<(), Stop> {
        self.evaluator.prepare(&alone).map(drop).map_err(|_| Stop::Rejected("MalformedPolicyDocument"))
    }

    /// DELEG-063: a role begins with its trust policy alone.
    fn create_role(&self, role: &Entity, trust: &str, tags: &[Tag]) -> Result<Done, Stop> {
        self.check_trust(trust)?;
        let arn = self.state.role_arn(role);
        let authorizations = self.authorize([self.request("iam:CreateRole", &arn, [])?])?;
        if self.state.role(&role.name).is_ok() {
            return Err(Stop::Rejected("EntityAlreadyExists"));
        }
        let mut state = self.state.clone();
        state.roles.push(RoleState {
            entity: role.clone(),
            trust: trust.to_owned(),
            tags: tags.to_vec(),
            inline_policies: Vec::new(),
            attached_policies: Vec::new(),
            boundary: None,
        });
        let created = Some(Created { path: role.path.clone(), arn, id: role.id.clone() });
        Ok(Done { created, ..self.done(state, authorizations) })
    }

    /// Authorizes `action` on a role and finds it; a service-linked role cannot be edited (DELEG-045).
    fn edit_role(&self, action: &str, name: &str) -> Result<Vec<String>, Stop> {
        let (found, authorizations) = self.find_role(action, name)?;
        if found.service_linked() { Err(Stop::Rejected("ServiceLinked")) } else { Ok(authorizations) }
    }

    /// Authorizes `action` on a role and finds it. An unknown role is taken to have the path `/`.
    fn find_role(&self, action: &str, name: &str) -> Result<(&RoleState, Vec<String>), Stop> {
        let found = self.state.role(name);
        let arn = match &found {
            Ok(role) => self.state.role_arn(&role.entity),
            Err(_) => super::session::role_arn(&self.state.account, "/", name),
        };
        let authorizations = self.authorize([self.request(action, &arn, [])?])?;
        Ok((found?, authorizations))
    }

    fn put_role_policy(&self, role: &str, name: &str, document: &str) -> Result<Done, Stop> {
        let source = assize_model::IdentitySource::Role;
        let policy = assize_model::IdentityPolicy { source, policy: PolicySource::new(name, document) };
        self.check_document(Policies { identity: Some(vec![policy]), ..Policies::default() })?;
        let authorizations = self.edit_role("iam:PutRolePolicy", role)?;
        let mut state = self.state.clone();
        let policies = &mut state.role_mut(role)?.inline_policies;
        match policies.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => document.clone_into(known),
            None => policies.push((name.to_owned(), document.to_owned())),
        }
        Ok(self.done(state, authorizations))
    }

    fn delete_role_policy(&self, role: &str, name: &str) -> Result<Done, Stop> {
        let authorizations = self.edit_role("iam:DeleteRolePolicy", role)?;
        let mut state = self.state.clone();
        let policies = &mut state.role_mut(role)?.inline_policies;
        let at =
            policies.iter().position(|(known, _)| known == name).ok_or(Stop::Rejected("NoSuchPolicy"))?;
        policies.remove(at);
        Ok(self.done(state, authorizations))
    }

    fn update_trust(&self, role: &str, trust: &str) -> Result<Done, Stop> {
        self.check_trust(trust)?;
        let authorizations = self.edit_role("iam:UpdateAssumeRolePolicy", role)?;
        let mut state = self.state.clone();
        trust.clone_into(&mut state.role_mut(role)?.trust);
        Ok(self.done(state, authorizations))
    }

    /// DELEG-046: the boundary that the role is given is in the context.
    fn put_boundary(&self, role: &str, boundary: &str) -> Result<Done, Stop> {
        let found = self.state.role(role);
        let path = found.as_ref().map_or("/", |role| role.entity.path.as_str());
        let arn = super::session::role_arn(&self.state.account, path, role);
        let given = [entry("iam:PermissionsBoundary", boundary)];
        let authorizations =
            self.authorize([self.request("iam:PutRolePermissionsBoundary", &arn, given)?])?;
        if found?.service_linked() {
            return Err(Stop::Rejected("ServiceLinked"));
        }
        let mut state = self.state.clone();
        state.role_mut(role)?.boundary = Some(boundary.to_owned());
        Ok(self.done(state, authorizations))
    }

    /// DELEG-063: a role can be deleted when it is in no profile and has no policies.
    fn delete_role(&self, name: &str) -> Result<Done, Stop> {
        let authorizations = self.edit_role("iam:DeleteRole", name)?;
        let role = self.state.role(name)?;
        let in_profile = |profile: &Profile| profile.role.as_deref() == Some(role.entity.name.as_str());
        let has_policies = !role.inline_policies.is_empty() || !role.attached_policies.is_empty();
        if has_policies || self.state.profiles.iter().any(in_profile) {
            return Err(Stop::Rejected("DeleteConflict"));
        }
        let mut state = self.state.clone();
        state.roles.retain(|known| known.entity != role.entity);
        Ok(self.done(state, authorizations))
    }

    /// DELEG-063: a new profile lists no roles.
    fn create_profile(&self, profile: &Entity) -> Result<Done, Stop> {
        let arn = self.state.profile_arn(profile);
        let authorizations = self.authorize([self.request("iam:CreateInstanceProfile", &arn, [])?])?;
        if self.state.profile(&profile.name).is_ok() {
            return Err(Stop::Rejected("EntityAlreadyExists"));
        }
        let mut state = self.state.clone();
        state.profiles.push(Profile { entity: profile.clone(), role: None });
        let created = Some(Created { path: profile.path.clone(), arn, id: profile.id.clone() });
        Ok(Done { created, ..self.done(state, authorizations) })
    }

    /// The ARN of a profile that an operation names. An unknown one is taken to have the path `/`.
    fn named_profile_arn(&self, profile: &str) -> String {
        match self.state.profile(profile) {
            Ok(known) => self.state.profile_arn(&known.entity),
            Err(_) if profile.starts_with("arn:") => profile.to_owned(),
            Err(_) => {
                let Account { partition, id, .. } = &self.state.account;
                format!("arn:{partition}:iam::{id}:instance-profile/{profile}")
            }
        }
    }

    /// DELEG-063: a profile can be deleted when it holds no role and no instance uses it.
    fn delete_profile(&self, name: &str) -> Result<Done, Stop> {
        let arn = self.named_profile_arn(name);
        let authorizations = self.authorize([self.request("iam:DeleteInstanceProfile", &arn, [])?])?;
        let profile = self.state.profile(name)?;
        let associations = self.state.instances.iter().filter_map(|instance| instance.association.as_ref());
        let used = associations.into_iter().any(|held| held.profile == profile.entity.name);
        if used || profile.role.is_some() {
            return Err(Stop::Rejected("DeleteConflict"));
        }
        let mut state = self.state.clone();
        state.profiles.retain(|known| known != profile);
        Ok(self.done(state, authorizations))
    }

    /// DELEG-063: adding a role is authorized on the profile, and as passing the role to EC2; WORLD-089 gives the resource that it is
    /// passed to. DELEG-048: a profile holds one role at most.
    fn add_role(&self, profile: &str, role: &str) -> Result<Done, Stop> {
        let action = "iam:AddRoleToInstanceProfile";
        let primary = vec![self.request(action, &self.named_profile_arn(profile), [])?];
        let found = self.state.profile(profile).and_then(|profile| Ok((profile, self.state.role(role)?)));
        let Account { partition, id, .. } = &self.state.account;
        let any_instance = format!("arn:{partition}:ec2:*:{id}:instance/*");
        let pass = |&(_, role): &(&Profile, &RoleState)| self.pass(Some(role), &any_instance);
        let ((profile, role), authorizations) = self.authorize_passing(primary, found, pass)?;
        if profile.role.is_some() {
            return Err(Stop::Rejected("LimitExceeded"));
        }
        Ok(self.done(self.state.with_role_in(profile, Some(role)), authorizations))
    }

    fn remove_role(&self, profile: &str, role: &str) -> Result<Done, Stop> {
        let arn = self.named_profile_arn(profile);
        let authorizations =
            self.authorize([self.request("iam:RemoveRoleFromInstanceProfile", &arn, [])?])?;
        let profile = self.state.profile(profile)?;
        if !profile.role.as_deref().is_some_and(|held| held.eq_ignore_ascii_case(role)) {
            return Err(Stop::Rejected("NoSuchRole"));
        }
        Ok(self.done(self.state.with_role_in(profile, None), authorizations))
    }

    /// DELEG-050: launching with a profile passes its role, launching without does not. A profile without role cannot be launched with
    /// (WORLD-082).
    fn run(
        &self,
        instance: &str,
        profile: Option<&str>,
        association: &str,
        console: bool,
    ) -> Result<Done, Stop> {
        let any_instance = self.state.instance_arn("*");
        let profile_key = profile.map(|name| entry("ec2:InstanceProfile", self.named_profile_arn(name)));
        let mut primary = vec![self.request("ec2:RunInstances", &any_instance, profile_key)?];
        primary.extend(self.listing(console)?);
        let found = profile.map(|name| self.state.profile(name)).transpose();
        let pass = |found: &Option<&Profile>| {
            self.pass(found.and_then(|profile| self.state.role_in(profile)), &any_instance)
        };
        let (found, authorizations) = self.authorize_passing(primary, found, pass)?;
        let association = found.map(|profile| associating(association, profile, None)).transpose()?;
        if self.state.instance(instance).is_ok() {
            return Err(Stop::Failed(format!("the id of the new instance, {instance}, is taken")));
        }
        let mut state = self.state.clone();
        state.instances.push(Instance {
            id: instance.to_owned(),
            state: InstanceState::Pending,
            association: association.clone(),
            tags: Vec::new(),
            credentials: None,
            metadata: Metadata::default(),
        });
        Ok(Done { association, ..self.done(state, authorizations) })
    }

    /// DELEG-051: what an instance's own facts add to the context of operations on it (WORLD-096).
    fn instance_context(&self, instance: Option<&Instance>, new_profile: Option<&str>) -> Vec<ContextEntry> {
        let tags = instance.map_or(&[][..], |instance| &instance.tags);
        let keys = |tag: &Tag| {
            ["aws", "ec2"].map(|vendor| entry(format!("{vendor}:ResourceTag/{}", tag.key), &tag.value))
        };
        let current = instance.and_then(|instance| instance.association.as_ref());
        let current = current.map(|held| entry("ec2:InstanceProfile", self.named_profile_arn(&held.profile)));
        let new = new_profile.map(|name| entry("ec2:NewInstanceProfile", self.named_profile_arn(name)));
        tags.iter().flat_map(keys).chain(current).chain(new).collect()
    }

    /// DELEG-052: an instance without profile that is stopped or running.
    fn associate(&self, id: &str, profile: &str, association: &str, console: bool) -> Result<Done, Stop> {
        let context = self.instance_context(self.state.instance(id).ok(), Some(profile));
        let arn = self.state.instance_arn(id);
        let mut primary = vec![self.request("ec2:AssociateIamInstanceProfile", &arn, context)?];
        primary.extend(self.listing(console)?);
        let found = self.state.instance(id).and_then(|found| Ok((found, self.state.profile(profile)?)));
        let pass = |&(_, profile): &(&Instance, &Profile)| self.pass(self.state.role_in(profile), &arn);
        let ((instance, profile), authorizations) = self.authorize_passing(primary, found, pass)?;
        if instance.association.is_some() {
            return Err(Stop::Rejected("AlreadyAssociated"));
        }
        if !matches!(instance.state, InstanceState::Running | InstanceState::Stopped) {
            return Err(Stop::Rejected("State"));
        }
        let association = Some(associating(association, profile, None)?);
        let state = self.state.with_association(id, association.clone());
        Ok(Done { association, ..self.done(state, authorizations) })
    }

    /// DELEG-050, DELEG-052: passes the new role only, and requires a running instance.
    fn replace(&self, association: &str, profile: &str, new: &str, console: bool) -> Result<Done, Stop> {
        let held = self.state.association(association);
        let instance = held.as_ref().ok().map(|&(instance, _)| instance);
        let arn = self.state.instance_arn(instance.map_or("*", |instance| &instance.id));
        let context = self.instance_context(instance, Some(profile));
        let mut primary = vec![self.request("ec2:ReplaceIamInstanceProfileAssociation", &arn, context)?];
        primary.extend(self.listing(console)?);
        let found = held.and_then(|held| Ok((held, self.state.profile(profile)?)));
        let pass = |&(_, profile): &((&Instance, &Association), &Profile)| {
            self.pass(self.state.role_in(profile), &arn)
        };
        let (((instance, former), profile), authorizations) = self.authorize_passing(primary, found, pass)?;
        if instance.state != InstanceState::Running || former.state == AssociationState::Disassociating {
            return Err(Stop::Rejected("State"));
        }
        let association = Some(associating(new, profile, former.serving())?);
        let state = self.state.with_association(&instance.id, association.clone());
        Ok(Done { association, ..self.done(state, authorizations) })
    }

    /// DELEG-050, DELEG-052: needs no PassRole, and a stopped or running instance.
    fn disassociate(&self, association: &str, console: bool) -> Result<Done, Stop> {
        let held = self.state.association(association);
        let instance = held.as_ref().ok().map(|&(instance, _)| instance);
        let arn = self.state.instance_arn(instance.map_or("*", |instance| &instance.id));
        let context = self.instance_context(instance, None);
        let primary = self.request("ec2:DisassociateIamInstanceProfile", &arn, context)?;
        let authorizations = self.authorize([primary].into_iter().chain(self.listing(console)?))?;
        let (instance, held) = held?;
        let settled = matches!(instance.state, InstanceState::Running | InstanceState::Stopped);
        if !settled || held.state == AssociationState::Disassociating {
            return Err(Stop::Rejected("State"));
        }
        let going = Association { state: AssociationState::Disassociating, replaces: None, ..held.clone() };
        let state = self.state.with_association(&instance.id, Some(going.clone()));
        Ok(Done { association: Some(going), ..self.done(state, authorizations) })
    }
}

/// A new association. WORLD-082: a profile without role is refused.
fn associating(id: &str, profile: &Profile, replaces: Option<&str>) -> Result<Association, Stop> {
    if profile.role.is_none() {
        return Err(Stop::Rejected("EmptyProfile"));
    }
    Ok(Association {
        id: id.to_owned(),
        profile: profile.entity.name.clone(),
        state: AssociationState::Associating,
        replaces: replaces.map(str::to_owned),
    })
}

/// DELEG-053: lets time pass until nothing changes by itself: what is associating becomes associated, what is disassociating is gone.
pub fn settle(state: &State) -> State {
    let mut settled = state.clone();
    for instance in &mut settled.instances {
        instance.state = instance.state.settled();
        instance.association = instance.association.take().and_then(|held| match held.state {
            AssociationState::Disassociating => None,
            _ => Some(Association { state: AssociationState::Associated, replaces: None, ..held }),
        });
    }
    settled
}

/// The role session that an instance's credentials are, and its role.
///
/// DELEG-054: EC2 must be allowed to assume the role. DELEG-048: without profile, or with an empty one, there are none. PRIN-007: the
/// session's name is the instance's id.
///
/// # Errors
/// `NoSuchInstance`, `NoCredentials`.
pub fn credentials<'s>(
    evaluator: &dyn Evaluator,
    policies: &Policies,
    state: &'s State,
    instance: &str,
) -> Result<(RoleSession, &'s RoleState), Stop> {
    let instance = state.instance(instance)?;
    let role = state.serving_role(instance).ok_or(Stop::Rejected("NoCredentials"))?;
    let assumable = state.assumable(role);
    let ec2 = Principal::Service(Service::new(EC2, Vec::new())?);
    let name = entry("sts:RoleSessionName", &instance.id);
    let arn = assumable.arn();
    let requests = [request(&ec2, "sts:AssumeRole", Some((&arn, &state.account.id)), vec![name])?];
    authorize(evaluator, &assumable.trusting(policies), &requests).map_err(|stop| match stop {
        Stop::Denied(_) => Stop::Rejected("NoCredentials"),
        other => other,
    })?;
    let origin = Origin::Ec2Instance(Some(instance.id.clone()));
    let session = RoleSession::new(state.account.clone(), role.entity.clone(), instance.id.as_str(), origin)?;
    Ok((session, role))
}
