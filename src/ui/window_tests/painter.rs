//! Renders egui's output into a picture on the CPU, so that the same window gives the same picture on every machine: no driver, no
//! graphics card. Colors are blended like in eframe's glow painter: premultiplied, in gamma space.
#![expect(clippy::many_single_char_names, reason = "corners and channels have no other names")]
#![expect(clippy::float_cmp, reason = "whether an edge is level is exact: two triangles share its corners")]

use std::{collections::HashMap, sync::Arc};

use egui::{
    ClippedPrimitive, Color32, ColorImage, Context, FullOutput, ImageData, Pos2, Rect, TextureId, TexturesDelta,
    epaint::{Mesh, Primitive, Vertex},
    pos2,
};
use egui_kittest::TestRenderer;
use image::RgbaImage;

#[derive(Default)]
pub(super) struct Painter {
    textures: HashMap<TextureId, ColorImage>,
}

impl TestRenderer for Painter {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        for (id, changes) in delta.set.drain() {
            for change in changes {
                let ImageData::Color(image) = change.image;
                match change.pos {
                    Some(at) => patch(self.textures.get_mut(&id).expect("a patch follows its texture"), &image, at),
                    None => drop(self.textures.insert(id, Arc::unwrap_or_clone(image))),
                }
            }
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    fn render(&mut self, context: &Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let scale = output.pixels_per_point;
        let size = context.content_rect().size() * scale;
        let mut canvas = Canvas::new(size.x.round() as usize, size.y.round() as usize);
        for ClippedPrimitive { clip_rect, primitive } in context.tessellate(output.shapes.clone(), scale) {
            let Primitive::Mesh(mesh) = primitive else { return Err("a paint callback cannot be painted here".to_owned()) };
            let texture = self.textures.get(&mesh.texture_id).ok_or("a texture is missing")?;
            canvas.paint(&mesh, texture, clip_rect * scale, scale);
        }
        canvas.picture()
    }
}

fn patch(texture: &mut ColorImage, patch: &ColorImage, [left, top]: [usize; 2]) {
    let [width, height] = patch.size;
    for row in 0..height {
        let at = (top + row) * texture.size[0] + left;
        texture.pixels[at..at + width].copy_from_slice(&patch.pixels[row * width..(row + 1) * width]);
    }
}

struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Color32>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![Color32::BLACK; width * height] }
    }

    fn paint(&mut self, mesh: &Mesh, texture: &ColorImage, clip: Rect, scale: f32) {
        for corners in mesh.indices.chunks_exact(3) {
            let corner = |at: usize| {
                let vertex = mesh.vertices[corners[at] as usize];
                Vertex { pos: pos2(vertex.pos.x * scale, vertex.pos.y * scale), ..vertex }
            };
            self.triangle([corner(0), corner(1), corner(2)], texture, clip);
        }
    }

    /// A pixel belongs to the triangle that contains its center; one on a shared edge belongs to one of the two.
    fn triangle(&mut self, [a, mut b, mut c]: [Vertex; 3], texture: &ColorImage, clip: Rect) {
        let mut area = edge(a.pos, b.pos, c.pos);
        if area == 0.0 {
            return;
        }
        if area < 0.0 {
            (b, c, area) = (c, b, -area);
        }
        let bounds = Rect::from_points(&[a.pos, b.pos, c.pos]).intersect(clip);
        let columns = range(bounds.left(), bounds.right(), self.width);
        for y in range(bounds.top(), bounds.bottom(), self.height) {
            for x in columns.clone() {
                let at = pos2(x as f32 + 0.5, y as f32 + 0.5);
                let weights =
                    [(b.pos, c.pos), (c.pos, a.pos), (a.pos, b.pos)].map(|(from, to)| (edge(from, to, at), is_top_left(from, to)));
                if weights.iter().any(|(weight, owns)| *weight < 0.0 || (*weight == 0.0 && !owns)) {
                    continue;
                }
                let share = weights.map(|(weight, _)| weight / area);
                let uv = pos2(mix(share, [a.uv.x, b.uv.x, c.uv.x]), mix(share, [a.uv.y, b.uv.y, c.uv.y]));
                let texel = sample(texture, uv);
                let tint = |channel: usize| mix(share, [a, b, c].map(|corner| f32::from(corner.color.to_array()[channel])));
                let source: [f32; 4] = std::array::from_fn(|channel| texel[channel] * tint(channel) / 255.0);
                let pixel = &mut self.pixels[y * self.width + x];
                let under = pixel.to_array();
                let [r, g, b, a] = std::array::from_fn(|channel| {
                    let blended = source[channel] + f32::from(under[channel]) * (1.0 - source[3] / 255.0);
                    blended.round().clamp(0.0, 255.0) as u8
                });
                *pixel = Color32::from_rgba_premultiplied(r, g, b, a);
            }
        }
    }

    fn picture(self) -> Result<RgbaImage, String> {
        let bytes = self.pixels.iter().flat_map(Color32::to_array).collect();
        RgbaImage::from_raw(self.width as u32, self.height as u32, bytes).ok_or_else(|| "the picture has no size".to_owned())
    }
}

/// Twice the area of the triangle, positive when it turns clockwise on the screen.
fn edge(a: Pos2, b: Pos2, c: Pos2) -> f32 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

fn is_top_left(from: Pos2, to: Pos2) -> bool {
    to.y < from.y || (to.y == from.y && to.x > from.x)
}

/// The pixels with centers between `from` and `to`.
fn range(from: f32, to: f32, limit: usize) -> std::ops::Range<usize> {
    let pixel = |at: f32| (at.max(0.0) as usize).min(limit);
    pixel((from - 0.5).ceil())..pixel((to - 0.5).floor() + 1.0)
}

fn mix(share: [f32; 3], values: [f32; 3]) -> f32 {
    share[0] * values[0] + share[1] * values[1] + share[2] * values[2]
}

/// Interpolates the four nearest texels; the edge continues outside.
fn sample(texture: &ColorImage, uv: Pos2) -> [f32; 4] {
    let [width, height] = texture.size;
    let (x, y) = (uv.x * width as f32 - 0.5, uv.y * height as f32 - 0.5);
    let (left, top) = (x.floor(), y.floor());
    let (right_share, bottom_share) = (x - left, y - top);
    let texel = |dx: f32, dy: f32| {
        let column = ((left + dx).max(0.0) as usize).min(width - 1);
        let row = ((top + dy).max(0.0) as usize).min(height - 1);
        texture.pixels[row * width + column].to_array()
    };
    let corners = [texel(0.0, 0.0), texel(1.0, 0.0), texel(0.0, 1.0), texel(1.0, 1.0)];
    std::array::from_fn(|channel| {
        let [a, b, c, d] = corners.map(|corner| f32::from(corner[channel]));
        (a + (b - a) * right_share) * (1.0 - bottom_share) + (c + (d - c) * right_share) * bottom_share
    })
}
