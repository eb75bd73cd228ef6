//! The services of the simulated machine.

use std::string::String;
use std::vec::Vec;

use packager_shared::path;
use packager_shared::plan::Start;

use super::world::{SimService, World};
use super::{NO_SERVICE, NOT_FOUND, fail, lower};
use crate::system::{Result, ServiceConfig, ServiceState};

impl World {
    pub(super) fn config_of(&self, name: &str) -> Option<ServiceConfig> {
        // Windows never tells a password.
        let told = |service: &SimService| ServiceConfig { password: None, ..service.config.clone() };
        self.services.get(&lower(name)).map(told)
    }

    pub(super) fn dependents(&self, name: &str) -> Vec<String> {
        let mut out = Vec::new();
        for (other, service) in self.services.iter() {
            let depends = service.config.depends.iter().any(|on| path::same(on, name));
            if depends && service.state == ServiceState::Running {
                out.extend(self.dependents(other));
                out.push(other.clone());
            }
        }
        out
    }

    pub(super) fn create_service(&mut self, name: &str, config: &ServiceConfig) -> Result<()> {
        self.mutate("create service", name)?;
        if self.services.contains_key(&lower(name)) {
            return fail(1073, "create service", name);
        }
        let service = SimService { config: config.clone(), state: ServiceState::Stopped };
        self.services.insert(lower(name), service);
        Ok(())
    }

    pub(super) fn change_service(&mut self, name: &str, config: &ServiceConfig) -> Result<()> {
        self.mutate("change service", name)?;
        match self.services.get_mut(&lower(name)) {
            Some(service) => {
                let password = config.password.clone().or_else(|| service.config.password.take());
                service.config = ServiceConfig { password, ..config.clone() };
                Ok(())
            }
            None => fail(NO_SERVICE, "change service", name),
        }
    }

    pub(super) fn delete_service(&mut self, name: &str) -> Result<()> {
        self.mutate("delete service", name)?;
        match self.services.remove(&lower(name)) {
            Some(service) => {
                // A service that deletes itself goes when it ends, as the one does that finishes what was put off.
                let path = &service.config.image_path;
                let itself = path.contains(self.own.as_str()) || path.ends_with("/finish-service");
                assert!(itself || service.state == ServiceState::Stopped, "{name} is deleted while it runs");
                Ok(())
            }
            None => fail(NO_SERVICE, "delete service", name),
        }
    }

    pub(super) fn start_service(&mut self, name: &str) -> Result<()> {
        self.mutate("start service", name)?;
        let Some(service) = self.services.get_mut(&lower(name)) else {
            return fail(NO_SERVICE, "start service", name);
        };
        if self.stubborn.contains(&lower(name)) {
            return fail(1053, "start service", name);
        }
        if service.config.start == Start::Disabled {
            return fail(1058, "start service", name);
        }
        let program = service.config.image_path.trim_start_matches('"');
        let program = String::from(program.split('"').next().unwrap_or_default());
        if self.tree.get(&program).is_none() {
            return fail(NOT_FOUND, "start service", name);
        }
        let depends = service.config.depends.clone();
        for on in depends {
            let state = self.services.get(&lower(&on)).map(|service| service.state);
            // As on Windows, what a service needs is started first.
            if state == Some(ServiceState::Stopped) {
                self.start_service(&on)?;
            }
        }
        self.services.entry(lower(name)).and_modify(|service| service.state = ServiceState::Running);
        Ok(())
    }

    pub(super) fn stop_service(&mut self, name: &str) -> Result<()> {
        self.mutate("stop service", name)?;
        if !self.services.contains_key(&lower(name)) {
            return fail(NO_SERVICE, "stop service", name);
        }
        if self.stubborn.contains(&lower(name)) {
            return fail(1460, "stop service", name);
        }
        for other in self.dependents(name).iter().map(String::as_str).chain([name]) {
            self.services.entry(lower(other)).and_modify(|service| service.state = ServiceState::Stopped);
        }
        Ok(())
    }
}
