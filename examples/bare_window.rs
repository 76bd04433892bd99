//! The least window that eframe can open with the features that Brickpass uses: the yardstick of `make bench`.

fn main() -> eframe::Result {
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default().with_title("Bare window").with_inner_size([1280.0, 800.0]),
        ..Default::default()
    };
    eframe::run_native("bare-window", options, Box::new(|_| Ok(Box::new(Bare { text: String::new() }))))
}

struct Bare {
    text: String,
}

impl eframe::App for Bare {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        egui::CentralPanel::default().show(ui, |ui| {
            let label = ui.label("Name");
            ui.text_edit_singleline(&mut self.text).labelled_by(label.id);
            if ui.button("Clear").clicked() {
                self.text.clear();
            }
        });
    }
}
