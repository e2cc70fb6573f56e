//! Calls while the store is dead for a minute.

use std::time::Duration;

use brama_fleet::FleetPolicy;
use rustix::process::Signal;
use tokio::time::sleep;

use crate::{
    crowd::Crowd,
    load::{self, NODES, PER_SECOND},
};

const LENGTH: Duration = Duration::from_secs(60);

pub(crate) async fn run() {
    let crowd = Crowd::start(NODES, 1, FleetPolicy::new()).await;
    let (calls, _tasks) = load::start(&crowd);
    sleep(Duration::from_secs(1)).await;
    for store in ["alive", "dead"] {
        if store == "dead" {
            crowd.server.signal(Signal::STOP);
        }
        let before = calls.counts();
        sleep(LENGTH).await;
        let after = calls.counts();
        let [answered, failed, rejected, slow] = [0, 1, 2, 3].map(|it| after[it] - before[it]);
        println!(
            "{NODES} nodes × {PER_SECOND} calls/s, the store is {store} for {LENGTH:?}: {answered} \
             answered, {failed} failed, {rejected} rejected, {slow} delayed by 50 ms"
        );
    }
    crowd.server.signal(Signal::CONT);
}
