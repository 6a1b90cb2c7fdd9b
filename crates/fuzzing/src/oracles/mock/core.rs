//! The mock's core: requests in memory, without sockets.

use rebuttal_mock::{Answer, Head, Records, Service, Settings, Step};

use super::Endpoint;
use crate::reference::{Names, Reply, Request, World, discover};

thread_local! {
    /// What every mock begins with, made once.
    static START: (World, Names, Records) = {
        let (world, names, service) = discover();
        (world, names, service.records())
    };
}

/// The core of a mock.
#[derive(Debug)]
pub struct Core {
    service: Service,
    kept: Option<Records>,
    /// How many bytes of a body come at a time; 0 for all of them.
    step: usize,
}

impl Core {
    /// A new mock with these choices, with what the model knows of it.
    pub fn start(settings: Settings, step: usize) -> (World, Names, Self) {
        START.with(|(world, names, records)| {
            let mut world = world.clone();
            world.settings = settings;
            let core = Self {
                service: Service::with_records(settings, records),
                kept: None,
                step,
            };
            (world, names.clone(), core)
        })
    }
}

impl Endpoint for Core {
    fn ask(&mut self, request: &Request, world: &World) -> Reply {
        let head = Head {
            method: &request.method,
            path: &request.path,
            query: request.query.as_deref(),
            headers: &request.headers,
        };
        let whole = request.body.len().max(1);
        let step = if self.step == 0 { whole } else { self.step };
        let mut pieces = request.body.chunks(step);
        let answer = match self.service.begin(&head, world.now) {
            Step::Answer(answer) => answer,
            Step::Body(mut reader) => match pieces.find_map(|piece| reader.feed(piece)) {
                Some(answer) => answer,
                None => reader.finish(&mut self.service, world.now),
            },
            Step::Upload(mut upload) => match pieces.find_map(|piece| upload.feed(piece)) {
                Some(answer) => answer,
                None => upload.finish(&mut self.service, world.now),
            },
            Step::File(file) => file.read(),
        };
        let Answer {
            status,
            headers,
            body,
        } = answer;
        Reply {
            status,
            headers,
            body,
        }
    }

    fn keep(&mut self) {
        self.kept = Some(self.service.records());
    }

    fn put_back(&mut self) {
        if let Some(records) = &self.kept {
            self.service.put_back(records);
        }
    }
}
