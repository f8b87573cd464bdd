//! Rates, batches and lists of rows, which the host writes for many steps at once.

use std::collections::VecDeque;

use burn::cubecl::bytes::Bytes;
use burn::cubecl::client::Client;

use super::buffers::Buffers;
use super::plan::{InputKind, Plan, STEPS_AHEAD, TABLE_HEADER};
use super::rates::rates;
use super::upload;
use crate::experiment::Settings;
use crate::train::draws::Batches;

/// Writes the rates, batches and lists of the next [`STEPS_AHEAD`] steps whenever the kernels have
/// used up the last ones.
pub(super) struct StepsAhead {
    members: Vec<Settings>,
    /// The pairs of each member's training set; empty if its inputs are numbers.
    pairs: Vec<Vec<[u32; 2]>>,
    batches: Option<Batches>,
    /// Batches that are drawn and not yet used: step by step, member by member.
    drawn: VecDeque<Vec<Vec<u32>>>,
    /// Which members have weight decay in the written rates.
    weight_decay_on: Vec<bool>,
    steps_taken: u32,
    /// Steps of the table that are used.
    used: usize,
}

impl StepsAhead {
    pub(super) fn new(
        members: &[Settings],
        pairs: Vec<Vec<[u32; 2]>>,
        batches: Option<Batches>,
    ) -> Self {
        Self {
            members: members.to_vec(),
            pairs,
            batches,
            drawn: VecDeque::new(),
            weight_decay_on: members.iter().map(|member| !member.gate).collect(),
            steps_taken: 0,
            used: STEPS_AHEAD,
        }
    }

    /// Fills the buffers if they do not cover the next step, and counts the step.
    pub(super) fn prepare_step(
        &mut self,
        weight_decay_on: &[bool],
        plan: &Plan,
        client: &Client,
        buffers: &Buffers,
    ) {
        if self.used == STEPS_AHEAD || self.weight_decay_on != weight_decay_on {
            self.weight_decay_on = weight_decay_on.to_vec();
            self.used = 0;
            client.write(&buffers.table, Bytes::from_elems(self.table()));
            self.draw_batches();
            if self.batches.is_some() {
                let batches = self.padded_batches(plan.step_rows());
                client.write(&buffers.batches, Bytes::from_elems(batches));
            }
            let lists = self.lists(plan);
            if !lists.is_empty() {
                client.write(&buffers.lists, Bytes::from_elems(lists));
            }
        }
        self.drawn.pop_front();
        self.used += 1;
        self.steps_taken += 1;
    }

    /// Both step counters at 0, and the rates by step and member.
    fn table(&self) -> Vec<u32> {
        let mut table = vec![0u32; TABLE_HEADER];
        for step in (self.steps_taken + 1..).take(STEPS_AHEAD) {
            for (member, weight_decay_on) in self.members.iter().zip(&self.weight_decay_on) {
                table.extend(rates(member, *weight_decay_on, step).map(f32::to_bits));
            }
        }
        table
    }

    /// Draws the batches that are missing for the next steps.
    fn draw_batches(&mut self) {
        let Some(batches) = &mut self.batches else { return };
        while self.drawn.len() < STEPS_AHEAD {
            let members = 0..self.members.len();
            let drawn = members.map(|member| batches.next(member).to_vec()).collect();
            self.drawn.push_back(drawn);
        }
    }

    /// `[steps, members, rows]`: the indices of the samples drawn, padded with 0.
    fn padded_batches(&self, rows: usize) -> Vec<u32> {
        let mut all = Vec::with_capacity(self.drawn.len() * self.members.len() * rows);
        for batch in self.drawn.iter().flatten() {
            let end = all.len() + rows;
            all.extend_from_slice(batch);
            all.resize(end, 0);
        }
        all
    }

    /// The lists of every batch, or of all samples before the first step. Empty if there are none
    /// to write.
    fn lists(&self, plan: &Plan) -> Vec<u32> {
        let mut lists = Vec::new();
        let InputKind::Pairs(elements) = plan.input else { return lists };
        let mut push =
            |pairs: &[_]| upload::push_lists(&mut lists, pairs, elements, plan.list_length());
        if self.batches.is_some() {
            for batches in &self.drawn {
                for (pairs, batch) in self.pairs.iter().zip(batches) {
                    let drawn: Vec<[u32; 2]> = batch.iter().map(|&i| pairs[i as usize]).collect();
                    push(&drawn);
                }
            }
        } else if self.steps_taken == 0 {
            self.pairs.iter().for_each(|pairs| push(pairs));
        }
        lists
    }
}
