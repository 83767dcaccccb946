"""What the commands work on."""

from dataclasses import dataclass

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.deeds import Deeds
from segdesk.app.annotate.label_shares import LabelShares
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.annotate.refining import Refining
from segdesk.app.annotate.shape_list import ShapeList
from segdesk.app.batch.batches import Batches
from segdesk.app.batch.drafting import BatchDrafting
from segdesk.app.batch.forms import BatchForms
from segdesk.app.batch.showing import BatchShowing
from segdesk.app.classes.editing import ClassEditing
from segdesk.app.classes.remapping import ClassRemapping
from segdesk.app.commands import CommandRegistry
from segdesk.app.evaluation.evaluating import Evaluating
from segdesk.app.exchange.exporting import Exporting
from segdesk.app.exchange.importing import Importing
from segdesk.app.files.opening import Opening
from segdesk.app.job_center import JobCenter
from segdesk.app.keys.keymap import Keymap
from segdesk.app.models.export import ModelExporting
from segdesk.app.models.shelf import ModelShelf
from segdesk.app.models.tuning import ModelTuning
from segdesk.app.notices import Notices
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.promptable.prompting import Prompting
from segdesk.app.proposals.accepting import Accepting
from segdesk.app.proposals.explaining import Explaining
from segdesk.app.proposals.facts import ProposalFacts
from segdesk.app.proposals.predicting import Predicting
from segdesk.app.proposals.preparing import Preparing
from segdesk.app.review.review import Review
from segdesk.app.scribble.desk import Scribbling
from segdesk.app.session import Session
from segdesk.app.settings.settings import Settings
from segdesk.app.tour import Tour
from segdesk.app.training.forms import TrainingForms
from segdesk.app.training.runs import Runs
from segdesk.app.training.training import Training
from segdesk.app.video.annotating import VideoAnnotating
from segdesk.app.video.export import VideoExporting
from segdesk.app.video.recording import VideoRecording
from segdesk.app.video.sources import LiveSources
from segdesk.app.video.videos import Videos
from segdesk.app.window_ports import DialogsPort, ViewerPort, WindowPort


@dataclass(frozen=True, slots=True)
class AppContext:
    """The application, handed to every command.

    Parameters
    ----------
    session
        What is open.
    opening, predicting, preparing, shelf, model_export, model_tuning
        The journeys: files, predictions of this image and ahead, models, and the
        loaded one out of the program.
    explaining
        Where the loaded model looks when it says a class.
    prompting
        The model that finds what points and boxes mean.
    projects, annotations, annotating, shapes, accepting, autosave
        The journeys of annotation: what is known of the images, which annotation is
        open, painting it, its shapes, taking proposals over, writing it.
    class_editing, class_remapping, refining
        What classes are called; which pixels they have across all annotations; deeds
        on one of them in the open annotation.
    deeds
        What was done, to the open annotation and to the classes: undo and redo.
    importing, exporting
        Annotations of other programs come in; the project's go out.
    evaluating
        Models measured on the project's labels.
    label_shares, proposal_facts
        How much each class covers; how many regions are proposed.
    training, training_forms
        Runs of this sitting; the forms that start them.
    runs
        Runs of this sitting and of the past, with their curves.
    batches, batch_forms
        Many images predicted into a folder; the forms that start it.
    batch_showing, batch_drafting
        An image of a batch in the viewer; its masks as drafts of the project.
    videos
        The video that is open: playing it, predicting it meanwhile.
    video_export
        Films and frames of it, with what the model says.
    video_recording
        What is live, as a film.
    live_sources
        Cameras that there are, and addresses that were open lately.
    video_annotating
        Its frames as images of a project; labels carried to the next one.
    review
        What is worth a look: the queue, the work on it, what it was worth.
    scribbling
        Scribbles of the image, what is made of them, drafts of other images by them.
    tour
        Once round the loop, step by step, on the sample.
    window, viewer, dialogs
        The doors to the screen.
    """

    session: Session
    settings: Settings
    keymap: Keymap
    notices: Notices
    jobs: JobCenter
    commands: CommandRegistry
    opening: Opening
    predicting: Predicting
    preparing: Preparing
    explaining: Explaining
    prompting: Prompting
    shelf: ModelShelf
    model_export: ModelExporting
    model_tuning: ModelTuning
    projects: ProjectShelf
    annotations: OpenAnnotations
    annotating: Annotating
    shapes: ShapeList
    accepting: Accepting
    autosave: Autosave
    class_editing: ClassEditing
    class_remapping: ClassRemapping
    deeds: Deeds
    importing: Importing
    exporting: Exporting
    refining: Refining
    evaluating: Evaluating
    label_shares: LabelShares
    proposal_facts: ProposalFacts
    training: Training
    training_forms: TrainingForms
    runs: Runs
    batches: Batches
    batch_forms: BatchForms
    batch_showing: BatchShowing
    batch_drafting: BatchDrafting
    videos: Videos
    video_export: VideoExporting
    video_recording: VideoRecording
    live_sources: LiveSources
    video_annotating: VideoAnnotating
    review: Review
    scribbling: Scribbling
    tour: Tour
    window: WindowPort
    viewer: ViewerPort
    dialogs: DialogsPort
