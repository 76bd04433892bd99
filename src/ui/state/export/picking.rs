//! A field with values that the workspace lists.

use jiff::Timestamp;

use crate::ui::state::{State, ask_cancellable};
use brickpass_engine::{Ask, ListOffers, Offer};
use brickpass_interchange::format::{Field, FieldKind, Format, Pick};

/// The list under a field is open.
#[derive(Debug)]
pub struct Picking {
    pub field: &'static str,
    pub filter: String,
    /// It was scrolled into view.
    pub seen: bool,
}

impl Picking {
    pub fn matches(&self, offer: &Offer) -> bool {
        let sought = self.filter.to_lowercase();
        let text = format!("{} {}", offer.label, offer.value).to_lowercase();
        sought.split_whitespace().all(|word| text.contains(word))
    }
}

impl State {
    /// Opens the list and loads it unless it is known; or closes it.
    pub fn toggle_offers(&mut self, field: &'static Field) -> Vec<Ask> {
        let Some(id) = self.handed_over().map(|connection| connection.id) else { return Vec::new() };
        let model = self.export.handover_mut(id);
        if model.picking.as_ref().is_some_and(|picking| picking.field == field.id) {
            model.picking = None;
            return Vec::new();
        }
        model.picking = Some(Picking { field: field.id, filter: String::new(), seen: false });
        let FieldKind::Pick(pick) = field.kind else { return Vec::new() };
        let within = self.within(pick);
        let known = self.export.offers(id, pick, within.as_ref());
        if known.is_some_and(|known| known.waits() || known.value().is_some() && known.failure().is_none()) {
            return Vec::new();
        }
        self.ask_for_offers(pick)
    }

    /// Also *Refresh*. Schemas belong to a catalog: without one, none are loaded.
    pub fn ask_for_offers(&mut self, pick: Pick) -> Vec<Ask> {
        let Some(id) = self.handed_over().map(|connection| connection.id) else { return Vec::new() };
        let within = self.within(pick);
        if pick == Pick::Schema && within.is_none() {
            return Vec::new();
        }
        let run = self.tests.new_run();
        let (key, of) = ((pick, within.clone()), (pick, within.clone()));
        let (command, cancel) = ask_cancellable(ListOffers { id, pick, within }, move |state, outcome, _| {
            if let Some(asked) = state.export.handovers.get_mut(&id).and_then(|model| model.offers.get_mut(&of)) {
                asked.answered(run, outcome);
            }
            Vec::new()
        });
        self.export.handover_mut(id).offers.entry(key).or_default().asked_cancellable(run, cancel);
        vec![command]
    }

    /// The person stops waiting: an older list stays, otherwise the list closes.
    pub fn cancel_offers(&mut self, pick: Pick) {
        let Some(id) = self.handed_over().map(|connection| connection.id) else { return };
        let within = self.within(pick);
        let model = self.export.handover_mut(id);
        let Some(asked) = model.offers.get_mut(&(pick, within)) else { return };
        asked.cancel();
        if asked.value().is_none() {
            model.picking = None;
        }
    }

    /// The catalog whose schemas are listed.
    pub fn within(&self, pick: Pick) -> Option<String> {
        let format: &'static Format = self.export.format().filter(|_| pick == Pick::Schema)?;
        let model = self.export.model(self.handed_over()?.id)?;
        let catalog = format.fields.iter().find(|field| field.kind == FieldKind::Pick(Pick::Catalog))?;
        Some(model.answer(format, catalog).to_owned()).filter(|catalog| !catalog.is_empty())
    }

    pub fn pick_offer(&mut self, field: &'static Field, offer: &Offer, now: Timestamp) -> Vec<Ask> {
        self.answer_export(field, offer.value.clone(), now);
        let Some(id) = self.handed_over().map(|connection| connection.id) else { return Vec::new() };
        self.export.handover_mut(id).picking = None;
        self.ask_for_preview(id)
    }
}
