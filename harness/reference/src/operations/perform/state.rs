//! The `state` of operations on instances, from and to JSON.

use assize_model::{Account, Entity};
use serde_json::{Value, json};

use super::input::{Fields, Node};
use super::parts::{document_json, entity, insert_list, object, tag};
use crate::operations::Stop;
use crate::operations::account::{
    Association, AssociationState, Credentials, Instance, InstanceState, Metadata, Profile, RoleState, State,
};
use crate::operations::session::Tag;

pub(super) fn state(fields: &Fields<'_, '_>) -> Result<State, Stop> {
    let state = fields.require("state")?.fields(&[
        "partition",
        "region",
        "account",
        "roles",
        "profiles",
        "instances",
    ])?;
    Ok(State {
        account: Account::new(state.string("partition")?, state.string("account")?)?,
        region: state.string("region")?,
        roles: state.list("roles", stored_role)?,
        profiles: state.list("profiles", |node| {
            let fields = node.fields(&["path", "name", "id", "role"])?;
            Ok(Profile { entity: entity(&fields)?, role: fields.optional("role", Node::string)? })
        })?,
        instances: state.list("instances", instance)?,
    })
}

fn stored_role(node: &Node<'_, '_>) -> Result<RoleState, Stop> {
    let fields = node.fields(&[
        "path",
        "name",
        "id",
        "trust",
        "tags",
        "inline_policies",
        "attached_policies",
        "permissions_boundary",
    ])?;
    let inline = fields.optional("inline_policies", |node| {
        let policies = node.entries()?.into_iter();
        policies.map(|(name, node)| Ok((name, node.document()?))).collect::<Result<Vec<_>, Stop>>()
    })?;
    Ok(RoleState {
        entity: entity(&fields)?,
        trust: fields.require("trust")?.document()?,
        tags: fields.list("tags", tag)?,
        inline_policies: inline.unwrap_or_default(),
        attached_policies: fields.list("attached_policies", Node::string)?,
        boundary: fields.optional("permissions_boundary", Node::string)?,
    })
}

fn instance(node: &Node<'_, '_>) -> Result<Instance, Stop> {
    let fields = node.fields(&["id", "state", "association", "tags", "credentials", "metadata"])?;
    let association = fields.optional("association", |node| {
        let fields = node.fields(&["id", "profile", "state", "replaces"])?;
        Ok(Association {
            id: fields.string("id")?,
            profile: fields.string("profile")?,
            state: fields.require("state")?.word(&AssociationState::WORDS)?,
            replaces: fields.optional("replaces", Node::string)?,
        })
    })?;
    let credentials = fields.optional("credentials", |node| {
        let fields =
            node.fields(&["LastUpdated", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"])?;
        Ok(Credentials {
            last_updated: fields.string("LastUpdated")?,
            access_key_id: fields.string("AccessKeyId")?,
            secret_access_key: fields.string("SecretAccessKey")?,
            token: fields.string("Token")?,
            expiration: fields.string("Expiration")?,
        })
    })?;
    let metadata = fields.optional("metadata", |node| {
        let fields = node.fields(&["version_2_required", "tokens"])?;
        let version_2_required = fields.flag("version_2_required")?;
        Ok(Metadata { version_2_required, tokens: fields.list("tokens", Node::string)? })
    })?;
    Ok(Instance {
        id: fields.string("id")?,
        state: fields.require("state")?.word(&InstanceState::WORDS)?,
        association,
        tags: fields.list("tags", tag)?,
        credentials,
        metadata: metadata.unwrap_or_default(),
    })
}

/// The state as an operation takes it, without empty lists and absent members.
pub(super) fn state_json(state: &State) -> Result<Value, Stop> {
    let roles: Vec<Value> = state.roles.iter().map(stored_role_json).collect::<Result<_, _>>()?;
    let profile = |profile: &Profile| {
        let Entity { path, name, id } = &profile.entity;
        json!({ "path": path, "name": name, "id": id, "role": profile.role })
    };
    let profiles: Vec<Value> = state.profiles.iter().map(profile).collect();
    let instances: Vec<Value> = state.instances.iter().map(instance_json).collect();
    let mut members = object(json!({
        "partition": state.account.partition,
        "region": state.region,
        "account": state.account.id,
    }));
    for (name, list) in [("roles", roles), ("profiles", profiles), ("instances", instances)] {
        insert_list(&mut members, name, list);
    }
    Ok(Value::Object(members))
}

fn stored_role_json(role: &RoleState) -> Result<Value, Stop> {
    let Entity { path, name, id } = &role.entity;
    let trust = document_json(&role.trust)?;
    let mut members = object(json!({ "path": path, "name": name, "id": id, "trust": trust }));
    insert_list(&mut members, "tags", tags_json(&role.tags));
    if !role.inline_policies.is_empty() {
        let policy = |(name, text): &(String, String)| Ok((name.clone(), document_json(text)?));
        let inline = role.inline_policies.iter().map(policy).collect::<Result<_, Stop>>()?;
        members.insert("inline_policies".to_owned(), Value::Object(inline));
    }
    insert_list(
        &mut members,
        "attached_policies",
        role.attached_policies.iter().map(|arn| json!(arn)).collect(),
    );
    if let Some(boundary) = &role.boundary {
        members.insert("permissions_boundary".to_owned(), json!(boundary));
    }
    Ok(Value::Object(members))
}

fn instance_json(instance: &Instance) -> Value {
    let state = spelling(&InstanceState::WORDS, instance.state);
    let mut members = object(json!({ "id": instance.id, "state": state }));
    if let Some(association) = &instance.association {
        members.insert("association".to_owned(), association_json(association));
    }
    insert_list(&mut members, "tags", tags_json(&instance.tags));
    if let Some(held) = &instance.credentials {
        let credentials = json!({
            "LastUpdated": held.last_updated,
            "AccessKeyId": held.access_key_id,
            "SecretAccessKey": held.secret_access_key,
            "Token": held.token,
            "Expiration": held.expiration,
        });
        members.insert("credentials".to_owned(), credentials);
    }
    if instance.metadata != Metadata::default() {
        let Metadata { version_2_required, tokens } = &instance.metadata;
        let metadata = json!({ "version_2_required": version_2_required, "tokens": tokens });
        members.insert("metadata".to_owned(), metadata);
    }
    Value::Object(members)
}

pub(super) fn association_json(association: &Association) -> Value {
    let mut members = object(json!({
        "id": association.id,
        "profile": association.profile,
        "state": spelling(&AssociationState::WORDS, association.state),
    }));
    if let Some(former) = &association.replaces {
        members.insert("replaces".to_owned(), json!(former));
    }
    Value::Object(members)
}

fn spelling<T: Copy + PartialEq>(words: &[(&'static str, T)], value: T) -> Option<&'static str> {
    words.iter().find(|&&(_, known)| known == value).map(|&(word, _)| word)
}

fn tags_json(tags: &[Tag]) -> Vec<Value> {
    tags.iter().map(|tag| json!({ "key": tag.key, "value": tag.value })).collect()
}
