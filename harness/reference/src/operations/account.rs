//! Roles, instance profiles and instances of one account, as data.

use assize_model::{Account, Entity};

use super::Stop;
use super::session::{Role, Tag, role_arn};

/// The part of an account that operations on instances read and write. Lists keep their order; new entries come last.
#[derive(Clone, Debug)]
pub struct State {
    /// The account.
    pub account: Account,
    /// The region of the instances.
    pub region: String,
    /// The roles.
    pub roles: Vec<RoleState>,
    /// The instance profiles.
    pub profiles: Vec<Profile>,
    /// The instances.
    pub instances: Vec<Instance>,
}

/// A stored role.
#[derive(Clone, Debug)]
pub struct RoleState {
    /// Path, name and unique id.
    pub entity: Entity,
    /// The text of the trust policy.
    pub trust: String,
    /// Tags.
    pub tags: Vec<Tag>,
    /// Inline policies: name and text of the document.
    pub inline_policies: Vec<(String, String)>,
    /// ARNs of attached managed policies.
    pub attached_policies: Vec<String>,
    /// The ARN of the permissions boundary.
    pub boundary: Option<String>,
}

impl RoleState {
    /// Whether it is a service-linked role (PRIN-008).
    pub fn service_linked(&self) -> bool {
        self.entity.path.starts_with("/aws-service-role/")
    }
}

/// DELEG-048: a container with name, path and unique id that holds one role at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Path, name and unique id (`AIPA…`).
    pub entity: Entity,
    /// The name of the role.
    pub role: Option<String>,
}

/// An instance.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its id, `i-…`.
    pub id: String,
    /// Where it is in its life.
    pub state: InstanceState,
    /// Its one association with a profile.
    pub association: Option<Association>,
    /// Tags.
    pub tags: Vec<Tag>,
    /// The credentials that it was last issued.
    pub credentials: Option<Credentials>,
    /// How its metadata service is set.
    pub metadata: Metadata,
}

/// The states of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the state of that name")]
pub enum InstanceState {
    Pending,
    Running,
    Stopping,
    Stopped,
    ShuttingDown,
    Terminated,
}

impl InstanceState {
    /// All states, as written.
    pub const WORDS: [(&'static str, InstanceState); 6] = [
        ("pending", InstanceState::Pending),
        ("running", InstanceState::Running),
        ("stopping", InstanceState::Stopping),
        ("stopped", InstanceState::Stopped),
        ("shutting-down", InstanceState::ShuttingDown),
        ("terminated", InstanceState::Terminated),
    ];

    /// What it turns into when nothing else happens.
    pub fn settled(self) -> Self {
        match self {
            InstanceState::Pending => InstanceState::Running,
            InstanceState::Stopping => InstanceState::Stopped,
            InstanceState::ShuttingDown => InstanceState::Terminated,
            settled => settled,
        }
    }
}

/// DELEG-053: an instance's association with a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Association {
    /// Its id.
    pub id: String,
    /// The profile's name.
    pub profile: String,
    /// Where it is in its life.
    pub state: AssociationState,
    /// The name of the profile that it replaces, which serves until this one is associated.
    pub replaces: Option<String>,
}

impl Association {
    /// The profile whose role the instance has: of an association that comes, the one it replaces; of one that goes, still its own
    /// (IMDS-022).
    pub fn serving(&self) -> Option<&str> {
        match self.state {
            AssociationState::Associating => self.replaces.as_deref(),
            AssociationState::Associated | AssociationState::Disassociating => Some(&self.profile),
        }
    }
}

/// The states of an association.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the state of that name")]
pub enum AssociationState {
    Associating,
    Associated,
    Disassociating,
}

impl AssociationState {
    /// All states, as written.
    pub const WORDS: [(&'static str, AssociationState); 3] = [
        ("associating", AssociationState::Associating),
        ("associated", AssociationState::Associated),
        ("disassociating", AssociationState::Disassociating),
    ];
}

/// DELEG-055: the members of the credential document that differ from document to document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the member of that name")]
pub struct Credentials {
    pub last_updated: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    pub token: String,
    pub expiration: String,
}

/// DELEG-062: an instance's metadata service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Whether requests without token are refused.
    pub version_2_required: bool,
    /// The tokens that are valid.
    pub tokens: Vec<String>,
}

impl State {
    /// # Errors
    /// `NoSuchRole`.
    pub fn role(&self, name: &str) -> Result<&RoleState, Stop> {
        let found = self.roles.iter().find(|role| role.entity.name.eq_ignore_ascii_case(name));
        found.ok_or(Stop::Rejected("NoSuchRole"))
    }

    /// # Errors
    /// `NoSuchRole`.
    pub fn role_mut(&mut self, name: &str) -> Result<&mut RoleState, Stop> {
        let found = self.roles.iter_mut().find(|role| role.entity.name.eq_ignore_ascii_case(name));
        found.ok_or(Stop::Rejected("NoSuchRole"))
    }

    /// DELEG-049: the profile with this name or ARN; a role's name is not a profile's.
    ///
    /// # Errors
    /// `NoSuchProfile`.
    pub fn profile(&self, name_or_arn: &str) -> Result<&Profile, Stop> {
        let named = |profile: &&Profile| {
            profile.entity.name.eq_ignore_ascii_case(name_or_arn)
                || self.profile_arn(&profile.entity) == name_or_arn
        };
        self.profiles.iter().find(named).ok_or(Stop::Rejected("NoSuchProfile"))
    }

    /// # Errors
    /// `NoSuchInstance`.
    pub fn instance(&self, id: &str) -> Result<&Instance, Stop> {
        self.instances.iter().find(|instance| instance.id == id).ok_or(Stop::Rejected("NoSuchInstance"))
    }

    /// The instance with this association, and the association.
    ///
    /// # Errors
    /// `NoSuchAssociation`.
    pub fn association(&self, id: &str) -> Result<(&Instance, &Association), Stop> {
        let pairs =
            self.instances.iter().filter_map(|instance| Some((instance, instance.association.as_ref()?)));
        pairs.into_iter().find(|(_, held)| held.id == id).ok_or(Stop::Rejected("NoSuchAssociation"))
    }

    /// This state with another association of one instance.
    pub fn with_association(&self, instance: &str, association: Option<Association>) -> State {
        let mut state = self.clone();
        for known in state.instances.iter_mut().filter(|known| known.id == instance) {
            known.association.clone_from(&association);
        }
        state
    }

    /// This state with another role in one profile.
    pub fn with_role_in(&self, profile: &Profile, role: Option<&RoleState>) -> State {
        let mut state = self.clone();
        for known in state.profiles.iter_mut().filter(|known| known.entity == profile.entity) {
            known.role = role.map(|role| role.entity.name.clone());
        }
        state
    }

    /// The role that `profile` holds.
    pub fn role_in(&self, profile: &Profile) -> Option<&RoleState> {
        self.role(profile.role.as_deref()?).ok()
    }

    /// The role whose credentials the instance is served.
    pub fn serving_role(&self, instance: &Instance) -> Option<&RoleState> {
        let profile = instance.association.as_ref()?.serving()?;
        self.role_in(self.profile(profile).ok()?)
    }

    /// A stored role as one that can be assumed.
    pub fn assumable(&self, role: &RoleState) -> Role {
        Role {
            account: self.account.clone(),
            entity: role.entity.clone(),
            trust: role.trust.clone(),
            tags: role.tags.clone(),
            // Neither services nor instance credentials are bound by it (DELEG-023).
            max_session_duration: 3600,
        }
    }

    /// `arn:P:iam::ACCOUNT:role` + path + name.
    pub fn role_arn(&self, role: &Entity) -> String {
        role_arn(&self.account, &role.path, &role.name)
    }

    /// `arn:P:iam::ACCOUNT:instance-profile` + path + name.
    pub fn profile_arn(&self, profile: &Entity) -> String {
        let Account { partition, id, .. } = &self.account;
        format!("arn:{partition}:iam::{id}:instance-profile{}{}", profile.path, profile.name)
    }

    /// `arn:P:ec2:REGION:ACCOUNT:instance/ID`.
    pub fn instance_arn(&self, id: &str) -> String {
        let Account { partition, id: account, .. } = &self.account;
        format!("arn:{partition}:ec2:{}:{account}:instance/{id}", self.region)
    }
}
