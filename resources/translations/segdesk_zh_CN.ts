<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>segdesk/app/annotate</name>
    <message>
        <source>Save again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your own version is kept in {copy}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep mine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load the other</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cause} Your work is kept in memory and in the journal.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is there cannot be read: {strerror}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check your rights, then save again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes are being changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strokes are no longer journalled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{parent} does not take them: {strerror}. Your work is still in memory and is saved as before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space there, then save.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n} changes</source>
        <extracomment>One: 1 change</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>class 0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was painted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was begun.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{changes} of {name} recovered.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk ended before they were saved; they are in the annotation now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project names no classes yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a class in the classes panel, or load a model to take its classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another job rewrites the annotations of this folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait until it has ended; the jobs panel shows how far it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{changes} of {name} were recovered into a copy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk ended before they were saved, and the annotation is another one by now. It was left alone; the copy is {written}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare the two and keep the better one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{steps} changes of {name} were</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 change of {name} was</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{changes} not recovered yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{parent} is not there. They are safe in the journal.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect its disk and start SegDesk again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title}: {changed_px:,} px of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title}: nothing to change in {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{pixels:,} px would change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing would change</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/batch</name>
    <message>
        <source>The batch was not gone on with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{model_id} is not the model any more that made these results.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict the images again, into another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every image is done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The batch {name} is at work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no batch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is at work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing tells how it was made: predict the folder again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batch {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wrote {indices:,} rows to {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>index PNG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Overlay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>16-bit PNG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Polygons</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measurements</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drafts in project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no files</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n:,} drafts</source>
        <extracomment>One: {n} draft</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>{n:,} images</source>
        <extracomment>One: {n} image</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>{item}: {cause}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> before you stopped it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{written} made{stopped}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo takes one back while its image is open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drafts are being made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It writes no masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make drafts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{kept} kept their own annotation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project has no class {names}{more}: left unlabelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of these images is predicted yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every one of these images has an annotation already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{message} {hint}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{item}: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No draft of {item} was made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its mask is {width:,} × {height:,} px, the image {width2:,} × {height2:,} px.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No image was found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} names none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another folder, or look into the folders below it, too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The images are being listed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder is being looked at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The batch was not started.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its images are not listed yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listed in the files panel: {listed:,}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This image: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} cannot be written to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}_out {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the images first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is ready: add one in the models panel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose what is written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drafts need an open project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder holds results of {of_other}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk may have too little room</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Results go among the images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has no {summary_file}, or one without images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder that a batch wrote its results into.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>class {index}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No mask was written, so there is no proposal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{images} predicted, {there:,} there already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} stopped: {done:,} of {total:,} are kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: {counted}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{images} predicted</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n:,} images there already</source>
        <extracomment>One: 1 image there already</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>{failed:,} failed; their rows say why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show batch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The results are in {out_dir}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open output folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/catalog</name>
    <message>
        <source>All from confidence {at_least:.2f} on is accepted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model does not know the selected class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take over all that is proposed. An open shape is closed first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take over what is proposed for the selected class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No batch is at work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder of images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output folder of a batch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CSV (*.csv)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the images of the batch at work, or of the last one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict a batch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict a folder, the project or a list of images into files or drafts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder of images and predict all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause the batch, or go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the batch wait after the images at work, or go on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel the batch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop the batch; what is predicted is kept, and it can go on later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on with the batch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict what is not done, and try again what failed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open batch results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the images of a batch that was written to a folder earlier.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show what the batch wrote in the file manager.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export CSV</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the listed images of the batch into one table.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open in the viewer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the chosen image of the batch with its proposal.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open as draft annotations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make drafts of the chosen images, or of all; annotations stay as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an image of the batch first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict a batch first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{held} Their pixels become {other}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n:,} of {total:,} images hold {name}.</source>
        <extracomment>One: {n:,} of {total:,} images holds {name}.</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Delete {name}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its pixels become</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Merge {name} into {other}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Merge classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes are being changed already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of {total:,} images holds {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are no classes yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a class first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do not draw the selected class, or draw it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show all classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw every class again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tools</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name a new class. It gets the next free colour.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the selected class another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lock class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Painting neither adds to a locked class nor takes of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop the selected class from all annotations of the project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write colours into files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give all saved annotations the colours of the classes, for other programs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take class change back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo the last change of classes. What was painted since stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict the image first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model does not say how sure it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Raise the least confidence first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Entropy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show where many classes are likely as a heat map: bright is unsure.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Margin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show how far the likeliest class leads as a heat map: bright is a tie.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ignore the rest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accepting makes less sure pixels ignored (255), else it leaves them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied the view as a picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a shape first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the last step back. A half-drawn shape loses its last point.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bring back the step that was taken back last.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete shape</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the chosen shape; its pixels become what lies below.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change class of shape</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the chosen shape the class that is painted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy view as picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put what the viewer shows on the clipboard.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No evaluation runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluate a model first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an error of the confusion matrix first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This folder is read-only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluate layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure models on labelled images, and correct what they get wrong.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict every image of the split and compare it with its labels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop evaluation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop measuring; what was measured so far is dropped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write one page with numbers and pictures, and open it in the browser.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show evaluation folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the report, the predicted masks and the sizes of all regions as files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept truth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The labels are right, the model is wrong. Go on to the next region.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is right: its class goes into the labels. Undo takes it back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Neither is right: open the region with the brush in hand.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the next region that nobody has decided.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open in viewer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the region in its image, with what the model said.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Explain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See where the loaded model looks when it says a class, at a pixel or all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open images first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is being read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder is being read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labels are being imported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is the last image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is the first image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one image or several. One image opens the folder round it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open every image in a folder and the folders inside it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open images with masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say where images and masks lie; they become a project in place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the sample pictures with the model that comes with SegDesk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the next image of the list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the previous image of the list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next unlabelled image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the next image that has no annotation yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous unlabelled image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the image before this one that has no annotation yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the annotation now. It is written by itself after each pause.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done, next image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark the image as done and show the next one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark the image as one that somebody should look at again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bring annotations of another program to these images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the annotations for training, or for another program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show only files whose name holds some text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the folder that holds the image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop reading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave the image that is being read. The one on screen stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close all open images. Nothing on disk changes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close SegDesk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All is saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every other image has an annotation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search commands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find any command, file or class by its name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show every command with its keys, and change them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show what runs, how far it is, and its log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Welcome page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the first page with recent folders.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show log files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the folder of SegDesk's log files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About SegDesk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show version, licences and folders.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sort by name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Numbers in names count as numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sort by status</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlabelled first, then drafts, done, needs review.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sort by size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The largest files first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sort by date</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The files that were changed last come first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ten images on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leap ten images forward, or to the last one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ten images back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leap ten images back, or to the first one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show filters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter the files by class, split and size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files as a grid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the files as larger thumbnails beside each other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Divide the images into training, validation and test.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open an image first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is still loading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images are being prepared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no proposal here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open work_dir</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the loaded model label this image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prepare next images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run the loaded model ahead, so that the next images open with proposals.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prepare a number of images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose how many images the model runs ahead on, then run it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flip and scale (slower)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict each image mirrored and at three sizes too, and take the mean.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict large images in windows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From 64 megapixels on, show the network a window after the other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reject proposal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop what the model proposes for this image, until you predict it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model from the list of models.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unload model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free the memory that the model takes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add model file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a .pth checkpoint or an .onnx file to the list of models.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the best checkpoint of an mmseg work_dir, and list its run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model zoo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look through the published MMSegmentation models.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show classes, metrics, origin and licence of the loaded model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the loaded model as an ONNX file that runs without SegDesk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the loaded model's files from the library.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restart the engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load the model anew in a fresh engine process.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a class or load a model first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The annotation is being read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No image is being ranked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The review queue is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rank the images with a model first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model that ranked them is not in the library any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Review queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show what is worth a look, the most useful first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rank unlabelled images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find out with the loaded model where a look tells most.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop ranking</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop measuring; what is measured by then is ranked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next in the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the next entry of the review queue.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous in the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the entry of the review queue before this one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept and go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take over what is proposed for this entry. Enter does it, too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct this entry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the proposal over and paint; Q goes on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Corrected, go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the labels as they are now and go on. Q does it, too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Skip this entry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave this entry as it is and go on. D does it, too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let Enter, Q and D mean what they do elsewhere.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train on from this model with what was labelled, and measure the gain.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No training was prepared.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model that ranked the images is gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model and rank them anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a run first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watch trainings, and look at those of the past.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It runs in another process</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not in the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It starts by itself once its device is free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is the next already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is the last already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has no checkpoint yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was trained by mmseg itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It came to its end: extend it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It left no checkpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has no curves yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop it first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run folder, or an mmseg work_dir</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Extend run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The schedule goes on to the new length.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no other run with curves</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wrote the curves to {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PNG (*.png)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause or go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let this run wait after its iteration, or go on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop this run after its iteration; a checkpoint is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start waiting run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start a run of an earlier queue as soon as its device is free.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move up in the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let this run have its device before the one above it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move down in the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the run below this one have its device first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on from the last checkpoint of this run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train this run on to a greater length; its schedule goes on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open run folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the curves of a run folder or of an mmseg work_dir.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the best of this run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load the best weights of this run and predict the open image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fine-tune from it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start another training from the best weights of this run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with next run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show another run's curves dashed beside this one's.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show run folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the checkpoints and logs of this run in the file manager.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export curves as CSV</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write every curve of this run into one table.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export curves as PNG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write a picture of the four plots.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take off the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show this run no longer; its folder stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No run is chosen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder with images and masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one in the list of runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Make drafts of {n} images?</source>
        <extracomment>One: Make a draft of {n} image?</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>What the scribbles of this image say of colours and edges labels the images of the list that have no annotation. Nothing that exists is changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are no scribbles here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Result follows scribbles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the scribbles mean for the whole image is shown while you draw.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scribbles use the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scribbles also learn from what the loaded model sees, not colours alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Work out scribbles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Propose labels for the whole image from its scribbles, now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Apply scribbles to other images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make drafts of the listed images without annotation, by these scribbles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear scribbles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take all scribbles of this image away. Undo brings them back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys (*.toml)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All settings are as SegDesk came</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change how SegDesk looks and works.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset all settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go back to the settings and keys that SegDesk came with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the keys of a file that was exported before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write preset and own keys into a file to hand on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wrote {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Took the keys of {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint over: {lower}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint class {place}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select the class with this number for painting.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smaller brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the brush or line smaller. Ctrl+wheel over the picture does it too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the brush or line larger. Ctrl+wheel over the picture does it too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smaller brush by 1 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the brush or line one pixel smaller.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger brush by 1 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the brush or line one pixel larger.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Round or square brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch between a round and a square brush.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fill closed stroke</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A stroke that comes back to where it began fills what it goes round.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pen pressure sizes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A pen that presses less paints a smaller brush.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connected pixels only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The magic wand keeps to what is connected to the click.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep shapes editable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drawn shapes keep their vertices and can be changed later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change paint rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint over all but locked classes, only unlabelled, or one class alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Swap with background</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint the other class of the two swatches.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint ignore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint 255: pixels that training and metrics leave out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All but locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only unlabelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are {classes} classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the sample first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model was trained on this tour yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the tour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go once round the loop on the sample: label, train, predict, correct.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train on the sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the form of a short training on what the tour has labelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load your model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load the model that was trained on the tour, and predict with it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No training runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No training is paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the data, choose an architecture, and train it here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the training wait after its iteration; its memory stays taken.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the paused training go on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop the training after its iteration; a checkpoint is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the video first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The range is the whole video</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a camera or a stream first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection is not broken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Video</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open video</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a video; it is played, stepped through and predicted frame by frame.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open camera or stream</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show a camera of this machine, or a stream of the network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show video</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the video that is open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play the video, or stay at this frame. Space does the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous frame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go one frame back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next frame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go one frame on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the beginning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the range's start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the range's end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Begin again at the end of the range.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the range begin at this frame.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the range end at this frame.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear in and out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the range be the whole video again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict while playing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict each frame that is shown; frames that come too late are dropped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Annotate this frame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the frame as an image of a project. A stroke on a still frame does so.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frames go to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder in which frames of this video become images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Record</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write what is live into a film, or end it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect to the camera or the stream again, without waiting.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the camera or the stream go.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy to next frame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Carry the labels along the movement to the next frame, as a proposal.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export video</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write a film or frames with the classes that the model sees.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The image has three bands of 8 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fit to window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the whole image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Actual size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show one image pixel as one screen pixel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look closer. The wheel zooms at the cursor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See more. The wheel zooms at the cursor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show overlay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch the coloured overlay on or off. Hold H to hide it for a moment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Contour mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch between fill with contour, contour alone and fill alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Less opacity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show more of the picture under the overlay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More opacity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show more of the overlay over the picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show how sure the model is as a heat map: bright is unsure.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Solo class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show only the selected class and dim the rest of the picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sort classes by share</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>List the classes by the share of pixels that they cover.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show one picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show image and overlay on two sides of a handle that can be moved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Linked views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show two views side by side that move together.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bands and stretch…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the bands of an image and how wide numbers become 0–255.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pixel grid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show lines between pixels from 800% on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Navigator</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show a small map of the image while it is zoomed in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Annotate layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show tools, history and classes round the picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Review layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show models and what they propose.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide panels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the whole window to the picture, or bring the panels back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the whole screen, or go back to the window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Theme of the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow the system's light or dark theme.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the dark theme.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the light theme.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/classes</name>
    <message>
        <source>{names} to {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recolour class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This image has pixels of {detail}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” was not added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use safe colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The class was not named.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are {max_classes} classes, as many as a label map holds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Merge classes that mean the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The classes were changed in another way since, as by an import</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n:,} images have</source>
        <extracomment>One: 1 image has</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>{images} pixels of {detail}; delete the class instead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title}: {detail}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{word}” was not taken back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No class was changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the classes in the classes panel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look for classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n} classes</source>
        <extracomment>One: 1 class</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>The list names {classes}; the model predicts {classes2}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{num_classes} of {num_classes2} named.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A class needs a name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name is longer than {max_name} letters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name of class {index} is longer than {max_name} letters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes {seen} and {index} are both called “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is a class “{other}” already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{paths} annotations keep their old class indices.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They cannot be read: {some}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore them from a copy, or draw them anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{paths} annotations were not taken back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They were changed since: {some}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check their classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is written into {name} for now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A change of classes was taken back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was not finished. All annotations are as they were.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the classes again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{named} and {more} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A change of classes failed half-way: some annotations have the new class indices, others the old. They were not put back: {cause} Copies of all of them are safe.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{hint} Then choose Put back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title}: done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title}: taken back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo: {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The change of classes was not taken back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its copies of the annotations, in {backup}, are gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore them, or change the classes in the classes panel.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app</name>
    <message>
        <source>{title}: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{title}” ended with an unexpected error.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: {error}. Your work is not affected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The details say where it happened.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/evaluation</name>
    <message>
        <source>{words}: {changed_px:,} px of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words}: no pixel would change there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other steps came after it: use Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An evaluation runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a project with labelled images first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a model first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluate {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n} images were</source>
        <extracomment>One: 1 image was</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>{images} not measured; the job's log says why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project has no class for what the model says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Precision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recall</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/exchange</name>
    <message>
        <source>Nothing was exported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project names no classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name them in the classes panel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not exported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has no annotation any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the folder again to see which images have one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} exported{stopped}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The images are not divided yet: one in five becomes validation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{named}: training needs images in train and in val.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No folder is open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No image is labelled so far.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This folder is part of the project. Choose one outside of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{more} more were not exported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are in {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The row of the job lists all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This folder holds files already. Choose an empty or a new one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This folder cannot be looked into: {strerror}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{written:,} images written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The labels were not imported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project would have {names} classes; a label map holds 1 to {max_classes}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let several of them become one class, or ignore some.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was read yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of these files belongs to an image of the project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n} classes to choose.</source>
        <extracomment>One: {n} class to choose.</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>All these images have an annotation already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>masks without an image</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n:,} files</source>
        <extracomment>One: {n} file</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>{join} both become {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{of} of them become {name}: {join}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} without an image in the project: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} left out, several fit one image: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} with an annotation already: left as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} cannot be read: {name}. {cause}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>: {count:,} {unit}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The annotation of {item} was not imported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is {width:,} × {height:,} px, its image {width2:,} × {height2:,} px.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export it again at the image's size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not replaced.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No copy of it could be kept: {strerror}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the room on the disk, and that {parent} is yours.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n:,} annotations</source>
        <extracomment>One: {n} annotation</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>{written} imported from {origin}{stopped}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import {origin}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{skipped} images kept their own annotation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{untold} annotations have no image in the project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Those that were replaced lie beside the new ones, their names end in .replaced and the date.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{more} more were not imported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} imported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose both folders.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The masks are being read.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/files</name>
    <message>
        <source>{named} and {more:,} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not imported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folders of masks are not listed as images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They lie beside folders of images: {some}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import them, and their labels show on the images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is a model as {suffix} file; models are read from .pth and .onnx files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a .pth that MMSegmentation or SegDesk wrote, or an .onnx that SegDesk exported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds labels; no images are open, and none lie beside it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the images first, then drop it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} / {stem}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{missing} does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check whether it was moved or its disk is connected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds no images that SegDesk reads.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>JPEG, PNG, TIFF, WebP, BMP and GIF are read. Choose another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nuclei sample</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/keys</name>
    <message>
        <source>{key} was not set.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try another key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys of SegDesk: a preset, and keys by command.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“keymap” is {preset!r}; it takes {join}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“keys” is no table of lists by command.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cause} The keys stay as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the keys once to see how such a file looks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{command_id}” is no command.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{command_id}” is {wanted!r}; it takes a list of keys.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>moves the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>goes back to the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>goes to the next control</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>goes to the control before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>goes to the next area of the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>goes to the area before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{key} is not a key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A key that is held goes without Ctrl, Alt and Shift.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{spelt} {fixed}; it cannot be another key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fit to width: Ctrl+F fits the whole image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Duplicate a shape</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a point: the edit tool does it with a click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the shapes of the image before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the file of labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save elsewhere: Export labels does it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Points for a model that segments what is clicked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rotated rectangle: O draws an ellipse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Group shapes: G fills, U changes the paint rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Duplicate a shape, keep those before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Texts, labels and links on the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chat and questions: these are layouts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw again, finish: Enter closes a shape, its key draws again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tab, Shift+Tab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next object</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Group, merge and join objects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keyframe, outside, occluded and pinned</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Propagate: Copy to next frame is Alt+V</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rotate the picture</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app</name>
    <message>
        <source>A training is running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closing stops it and keeps a checkpoint; it can be resumed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} trainings are running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closing stops them and keeps a checkpoint of each; they can be resumed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> What waits in the queue is there again next time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/models</name>
    <message>
        <source>DDRNet-23 slim</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>DeepLabV3+ R18</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>K-Net R18</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mask2Former R18</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PSPNet R18</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PSPNet R50</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>U-Net small</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>UPerNet Swin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size_words}; {equal:.3%} of the labels are those of PyTorch on {images} images. One takes {onnx_s:,.0f} ms on this CPU, with PyTorch {torch_s:,.0f} ms.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{word} onnx</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A model is being exported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is an ONNX model already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stem} {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was exported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download {zoo_name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is in the library already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>was added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was removed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} cannot be loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose config</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove {name}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its weights and its card are deleted from the library. The file that it was added from stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Foreground IoU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} on validation. </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} {score:.1f} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trained here: {work_dir}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is trained.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words}Its best weights are among the models.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict with it</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n} images</source>
        <extracomment>One: 1 image</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>It is being measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It cannot be loaded yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How an ONNX model runs was decided when it was exported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tune {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set the precision to auto for it to count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is tuned for this machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words}. Measured on {images}, {device_name}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/project</name>
    <message>
        <source>{folder} is not a folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project has something named {name!r} already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not linked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/proposals</name>
    <message>
        <source>{title}: {changed_px:,} px ({share:.1%}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proposal was not accepted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept lasso</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proposal rejected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is of another size than the annotation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict the image again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to accept there: no pixel would change.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project has no class {join}: left out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not accepted: it was painted meanwhile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look where {name} is unsure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gradients (HiResCAM)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What a layer sees, times how much it matters. Fast and faithful.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gradients, smoother (Grad-CAM)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A layer's channels, weighted by their mean gradient. Fast.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without gradients (EigenCAM)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What stands out in a layer; of the class it knows the sign alone. Fast.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without gradients (AblationCAM)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is lost when parts of a layer are silenced. Some seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pixels (saliency)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much each pixel's own value matters. Some seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Covering parts (occlusion)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much less sure the model is without a part. Up to minutes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Explain {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A proposal was not kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{user_cache_dir} does not take it: {strerror}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is predicted anew when its image is opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{join} and {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{join} and {names} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add all {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your annotation cannot take what the model proposes there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add what is missing, or say which of your classes takes it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map to…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map {name} to a class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the model calls {name} becomes this class when it is accepted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{shown} is not in your classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{shown} are not in your classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped: the upper {share:.0%} are predicted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prepare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run the loaded model ahead on the next images that are not done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prepare {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:,} images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every image after this one is done or has a proposal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{made:,} of {paths:,} prepared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} was not prepared.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} were not prepared.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{one}: {message} {cause}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A proposal was not shown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} cannot be read: {strerror}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/review</name>
    <message>
        <source>{name} edge</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{one} or {two}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>two models disagree</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>differs when flipped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>uncertain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rare class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure {id} for the gain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mIoU on validation: {before:.1f} % before, {after:.1f} % after</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Rank {n} images</source>
        <extracomment>One: Rank {n} image</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>These classes have a background, so what is left of an image counts as background: whole images are reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a folder of images first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images are being ranked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is being loaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every image is labelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is gone: left out of the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n} images were not ranked; the job's log says why</source>
        <extracomment>One: {first} was not ranked; the job's log says why</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>{n} images are gone: left out of the queue</source>
        <extracomment>One: {first} is gone: left out of the queue</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Choose an entry of the review queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its proposal is not there yet</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/scribble</name>
    <message>
        <source>Apply scribbles of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scribble on a second class too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No drafts were made: another folder is open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at {name} with the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Large image: seen at {share} % of its size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scribble on two classes or more</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/settings</name>
    <message>
        <source> and {more} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read {name} again: {titles}{rest}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk (150)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Okabe-Ito (7)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tol bright (7)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tol muted (9)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Status</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Date</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fill and contour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Contour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fill</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours of the window. Image work starts dark.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Letters of the window; rows grow with them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of everything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Letters, buttons and spaces together, for screens with fine pixels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stronger edges and a wider ring round what has the keyboard.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing slides or fades.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tooltips</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say name and key of a control when the pointer rests on it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Short messages stay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long a line says what was done; twice as long where it offers Undo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the last folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Begin where the last sitting ended, not with the welcome page.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load the last model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Begin with the model that was loaded last.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start the engine with the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models answer sooner. Without it the engine starts when it is needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sort files by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Order of the list of files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chips over the files, by status and class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger pictures beside each other instead of rows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labels on thumbnails</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lay the annotation over the small pictures in the list of files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder of models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where added and downloaded models are kept. Nothing is moved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder for temporary files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept proposals, parts of downloads, pixels of large images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seconds of quiet after which an annotation is written. A step is in the journal at once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory for undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Room for the steps of all images; the oldest go first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the brush at the start, in image pixels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shape of the brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At the start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A pen that is pressed lightly paints with a smaller brush.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A brush stroke that closes round an area fills it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Polygons and other shapes can be changed after they were painted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What tools may replace, at the start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours of classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For new classes and “Use safe colours”. All of them can be told apart by colour-blind people; beyond their number SegDesk's own follow.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the picture. Where it scrolls, Ctrl+wheel zooms and Alt+wheel sizes the brush.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turn the wheel the other way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Towards you zooms in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom of one notch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much closer one notch of the wheel goes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opacity of the overlay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How strongly classes are filled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look of the overlay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How regions of a class are drawn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many views of the picture are shown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lines between pixels from 800% on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A small map while the picture is zoomed in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where models run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Auto: as measured for the model here, else fp32. 16 bits are faster on most GPUs and slower on most processors.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threads of the engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many threads of the processor a model uses; 0: as PyTorch proposes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict on opening</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict each image as it is opened while a model is loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From confidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Less sure pixels of a proposal are left out. The bar under the picture changes it for the sitting.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flip and scale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict each image mirrored and at other sizes too, and take the mean.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Large images in windows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict images from 64 megapixels on in blended windows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many of the next images a model runs ahead when it is asked to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disk for proposals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Room for proposals of the sitting that have no place in memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory for frames</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decoded frames that are kept so that going back shows at once; in force for the next video.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys as in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keys of another program; own keys are laid over them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Own keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys by command, where they differ from the preset; [] takes them away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Id of the model that is loaded; the next sitting begins with it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>light night colour appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>font letters larger</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>scale zoom dpi high-dpi display</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>accessibility border focus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>animation accessibility</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hints help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>toast notice notification</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>restore session recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>memory torch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>library path directory disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cache path directory disk space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>autosave delay write</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>history redo steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>diameter tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tablet stylus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>vector vertices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rule locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>palette colour blind okabe ito tol accessibility</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mouse pan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mouse invert reverse natural</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mouse speed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fill labels transparency</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>outline labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>compare panes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>gpu cpu cuda mps processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>half float speed tune</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cores cpu omp</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>automatic proposal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>threshold proposal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tta augmentation accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tiles slide memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ahead next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cache space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shortcuts preset keyboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shortcuts keyboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Round</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Square</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zooms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scrolls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Linked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Auto</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is {value!r}; it takes {takes}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{low:,.0f} to {high:,.0f}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{low:g} to {high:g}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>true or false</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lists of keys by command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>"auto", "cpu", "cuda:0", …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the path of a folder, or ""</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not read in full.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cause} The other settings are in force.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit {path}. A file that cannot be read is kept under another name when a setting is changed here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is not a setting.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/tools</name>
    <message>
        <source>Ignore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter paints it. Mark what is missing, right button what is too much.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was found in the box. Mark part of the thing with a stroke.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cutting out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Box cut</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{x:,.0f} × {y:,.0f} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keeping the stroke</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filling the stroke</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the picture. Space held or the middle button does it from any tool.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit shapes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move shapes and vertices. Click an edge to add one, Delete removes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pick class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select the class under the cursor. Ctrl+click does it from most tools.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint the selected class. Right button erases, Shift+click draws a line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint the background, or ignore where there is none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fill region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a connected region, or its holes, the selected class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click points, Shift draws freehand, Ctrl snaps to borders. Enter closes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rectangle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag a rectangle. Shift makes it square, Alt draws it from its middle.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ellipse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag an ellipse. Shift makes it a circle, Alt draws it from its middle.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Polyline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click along a road or a river. Enter or a double click ends the line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Magic wand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint pixels of like colour. Drag sideways to change the tolerance.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag a box round a thing. Correct with strokes, Enter paints it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edge lasso</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click along an edge: the line snaps to it. Enter or the first point closes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Superpixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint patches of like colour, one by one or in a stroke.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scribble</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scribble on two classes or more: a result for the whole image follows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The shape covers no pixel of the image, so nothing was drawn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Subtract {lower}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Following edges</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click at least once more along the edge.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reorder shapes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move shape</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit shape</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete vertex</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The paint rule keeps {label} as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This region is {label} already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fill holes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The paint rule lets {name} replace nothing. Choose another rule or class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is locked. Unlock it in the list of classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The annotation has changed meanwhile, so nothing was painted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing changed: no pixel gives way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{fewest} points are needed; there is 1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{fewest} points are needed; there are {points}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give holes in the selected class that class. 0 fills holes of any size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Holes up to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the selected class wider on all sides.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Radius</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shrink</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the selected class narrower; its neighbours take over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Round off the border of the selected class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove specks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give small pieces of the selected class to their neighbours.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smaller than</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep largest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the largest piece of the selected class; neighbours take the rest.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ignore is no class to scribble. Select a class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finding superpixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tolerance {tolerance}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app</name>
    <message>
        <source>Label some pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sample model has an opinion on each picture: the dashed outlines. Accept it, go to the next picture, and do so for four of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Four pictures have labels. That is enough to train on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a model of your own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The form checks your labels and proposes the rest. Divide the pictures with Split; the length is set to 40 iterations here, about two minutes. Press Start on the page Run, and watch the curves.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your model is trained. It lies among the models.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let your model predict</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load your model, and go to a picture that has no labels yet. The model predicts it as soon as it is open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That is what your model learned from four pictures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept what is right. Then choose the class nucleus, take the brush, and paint what it missed; the right button erases. All of it can be undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Corrected, and saved already. Each correction teaches the next training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train again, or take it with you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train once more, from where your model is now and with the corrections. Or export it as one ONNX file that runs without SegDesk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That is the loop. Open images of your own and go round it with them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{labelled} of {pictures} pictures</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/training</name>
    <message>
        <source>Accumulate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mixed precision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images per step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Config</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Config text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Crop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop early</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep best by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Workers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Validate every</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} {architecture_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The data were not checked: {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The data are still being checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n} findings in Data must be fixed before training</source>
        <extracomment>One: {n} finding in Data must be fixed before training</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>{get}: {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training was not started.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} {architecture_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use {architecture_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batch {batch_size} → {batch}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let it adapt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Crop {crop} → {less} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recompute</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} has losses of its own: choose the recipe's</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} classifies whole masks: choose no class weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longer than the run: at most {max_iters:,}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only {validations:,} validations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batch normalisation learns badly from one image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are only {pairs:,} training images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A multiple of {step} suits every network: {near:,}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The data have no class {name!r}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{weights} weights for {classes} classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The machine has {threads} threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is not there any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{widths:,} × {heights:,}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some images are smaller ({size}): they are filled up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More than 0 is needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Between 0 and 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mixed precision needs a GPU of NVIDIA</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So large a rate seldom learns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training ended without a word.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its process was killed, or the machine went off. What it had written by then is whole.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume it: it goes on from its last checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run {number} · {architecture}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{k} {v:.3f}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stamp}  iter {iteration}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lr {lr:.1e}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{k} {v:.1f}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text}, {done:,} of {total:,}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>memory: {step}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>saved {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stamp}  validated {iteration}  </source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{name}, {n} threads</source>
        <extracomment>One: {name}, {n} thread</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Automatic: {choices}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{device_words}, not found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title} was not taken off the list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title} was not resumed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is at work, or waits to be.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop it first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was trained by mmseg itself: what was asked is not known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train from its best checkpoint: Fine-tune from it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n} trainings wait</source>
        <extracomment>One: A training waits</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>In the queue when SegDesk was closed: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another run uses {work_dir} already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait for its end, or give this run another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} stopped: {kept} is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} was not extended.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has {max_iters:,} iterations; {max_iters2:,} is not more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give more than {max_iters:,}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/app/video</name>
    <message>
        <source>The frame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frame {number:,}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This image is no frame of the open video</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is the last frame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Annotate this frame first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frames</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stem} {kind}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A video is being exported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder that is there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{frames:,} frames, {rate:.1f} a second.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stem} {number}{ending}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an empty or a new folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name must end in .mp4.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{damaged:,} could not be decoded: others stand in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That is the video itself. Choose another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is there already. Choose another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>optical flow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was copied to the next frame.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} has no labels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Annotate this frame first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The next frame shows something else: the film was cut there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Annotate it by hand.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} was not saved as an image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{parent} cannot be written: {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another folder: the command “Frames go to”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect to {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for a picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Videos</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Index {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder of the open project {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where they go now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Beside the video</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder of its own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file_name} {when}{suffix}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing comes in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finish {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{frames:,} frames, {size_bytes:,.1f} MB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stem} {number}{suffix}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing came in, so nothing was recorded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{dropped:,} frames came faster than they could be written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was recorded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rtsp://, http:// or udp://</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a camera, or type an address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An address begins with {examples}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name of the host is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{scheme}:// is not known here. {examples} are, among others.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras are camera:0, camera:1, …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a video first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is live has no frames to choose from</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/core</name>
    <message>
        <source>The shapes were not combined.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They have {edges:,} vertices together; the limit is {most_edges:,}. Both are still as they were.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Combine them where they meet with the brush, or simplify them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Camera {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no {name} on this machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not use {device}: add yourself to the group “video”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Merge {names} into {names2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reorder classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names} was not deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is the only class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add another class first, or rename this one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{width:,} × {height:,} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was cut out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The box is {extent}; it needs {smallest_box_px} px on each side.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw it round the whole thing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The box is {extent}, {area:.0f} MP; the limit is {largest_box_px:.0f} MP.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw a smaller box, or use the edge lasso.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A bundle takes no further packages: install SegDesk with pip for this one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of {count} bands these are shown: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only the first of {frames:,} frames was read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transparency was dropped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CMYK was converted to RGB without its colour profile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fourth band was dropped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not an image: its first bytes belong to no format that is read here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Convert it to PNG, JPEG, TIFF, WebP, BMP or GIF.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file ends before the picture does: it has {size:,} bytes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It begins like a {name}, but its data are damaged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy or download it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its width or height is 0: it has no pixels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} was not opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is empty: 0 bytes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has {width:,} × {height:,} pixels; the limit is {max_pixels} million.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cut it into tiles and open those.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no such file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the name, or choose it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This machine has not enough free memory for its pixels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs, or cut it into tiles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is a folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open it as a folder of images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not read it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Have its owner give you the right to read it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The system does not open it: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that its disk is still connected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, each band for itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Values from {join} were stretched to 0–255{alone}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no such folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is a file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open it as an image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arial Unicode.ttf</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>and {rows} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The image was not opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It takes {size:,.0f} MB on the disk of {folder}, and the system says: {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some room there, then open it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The images were not split.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The shares add up to {total:.0%}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose shares that add up to 100 %.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{item} stands in the lists of {split_of} and of {split}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take it out of one of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are {there:,} labelled images, and at least {needed:,} are needed to say how often a model is right. Nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are {there:,} labelled pixels, and at least {needed:,} are needed to say how often a model is right. Nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is wrong at {there:,} of the pixels that were looked at, and at least {needed:,} are needed to say how sure it may be. Nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The confidence was not calibrated.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label more images of the validation set, or calibrate on another split.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{ceil} validations show how it goes and cost little.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A checkpoint with each validation: no more than that is lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Curves get a point often enough to be smooth.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recipe's own, with its schedule scaled to this length.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It sees wide context and refines borders, which suits {size}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{steps} batches make one step, as steady as one of {steps2}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scale, crop, mirror and colour, as usual.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name!r} covers {share:.2%} of the labelled pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recipe's own, with weights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{rare}: weights keep it from being passed over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every class counts alike.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} processes read and change images while the network works.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The {pairs:,} images are seen about {times} times; </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>objects of about {smallest:.0f} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the objects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It works at half of the picture's resolution, so {size} stay visible; others see at an eighth.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fastest on a processor, and {size} are large enough for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its branch for borders keeps {size} sharp.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The usual image is {shorter:,} px at its shorter side: a crop takes in nearly all of it and is not filled up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{batch} crops should fit into {memory_mb:.0f} GB; Probe measures it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{batch} crops steady a step and do not slow it much.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are {pairs} images; a batch needs two crops at least.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each batch is a step of its own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{pairs} images are few, but a training that a processor ends in time is too short to learn them by heart.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{pairs} images are few: changing them more keeps the network from learning them by heart.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{pairs:,} images vary enough by themselves.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The classes are balanced well enough for the recipe's own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No class is so rare that it needs weight.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{rare}: Dice counts overlap, not pixels, and does not lose it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dice balances already; weights would count twice.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What counts is {names!r}; background is right nearly always.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Half the memory and more speed at the same scores.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It needs a GPU of NVIDIA.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a processor would need hours for more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>validation tells when it no longer gains.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For {size} it is fine enough, and small enough for a processor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parts of {crop} px of the usual {shorter:,}: enough context, and a step </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So few images are read as fast without workers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With so few threads they would get in the way of the training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not take long.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fits into memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The header says {said:,} frames; {self_:,} are there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{named} was not opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has a video track, but no frame in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Record or copy it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of its frames can be decoded ({value}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Convert it to H.264 in an .mp4 file, or copy it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unknown compression</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frame {number:,} was not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{named} is broken there, and no frame before it can be decoded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a later frame, or copy the file again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It sent nothing for {read_s:g} seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection broke off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{named} stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{source} was not opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera gives no more pictures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the camera and the network, then start it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The attempt to connect broke off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number!r} is no number of a camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras are camera:0, camera:1 and so on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect it, close the other program, or try another number.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sender ended the stream.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no such camera, or another program uses it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mp4 m4v mov mkv webm avi mpg mpeg ts mts m2ts wmv flv 3gp ogv mxf y4m h264 hevc mjpeg vob dv</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the address, and that the sender is running.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is no video in a container that SegDesk knows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Convert it to H.264 in an .mp4 file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has no video track.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a file with pictures in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It did not answer within {open_s:g} seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the camera is on and reachable from this machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It asks for a name and a password, or does not take the ones given.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give them in the address: rtsp://name:password@host/path.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is not there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check its name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is a folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Have its owner give you the right to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its table of contents is missing or broken, as when a recording or a copy was cut off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy it again; a repair tool for .mp4 files may save what is there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is compressed in a way that is not known here.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>Semantic FPN</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine/batch</name>
    <message>
        <source>model {id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{there:,} of {states:,} images are predicted; {out_dir} lists them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The images were not predicted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an earlier training of {model_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not predicted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open it in the window to see whether it can be predicted alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{asked} is to be written, and {id} does not tell how sure it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it out of what is saved, or choose another model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{out_dir} holds results of {what}; mixing the two would leave no way to tell them apart.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another folder, or allow results to be overwritten.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ray, which --ray needs, is not installed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No Ray cluster answers at {address}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start one with `ray start --head`, or give --ray local.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The worker that had it ended, and so did those after it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the model and the folders are there on all machines.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run `pip install 'segdesk[cluster]'`, here and on every machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The images were not ranked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} knows {other}, and the model {own}: no class in common.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose two models of the same classes.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>Could not import OneDL</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For binary segmentation, we suggest using</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>threshold is not defined for binary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When align_corners=</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Default ``avg_non_ignore`` is False</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Importing from timm.models.layers is deprecated</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>torch.meshgrid: in an upcoming release</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mmcv was built without the operator {op}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model was not built.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its config asks to download {filename} by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download the weights first and name the file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not collected: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds weights of another program, not of an MMSegmentation model: its first entries are {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a .pth that MMSegmentation or SegDesk wrote.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It names {names} classes; a label map holds {max_classes}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model with fewer classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{parent} did not take all of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space or choose another folder, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine/confidence</name>
    <message>
        <source>Looking how sure the model may be</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fitting the temperature</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model names a class for each pixel and not how sure it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Calibrate the model that it was exported from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not looked at.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its mask is of another size than the image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the mask again at the image's size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The images were not labelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of {count} images, the model is {threshold:.0%} sure of not a single pixel, and {failed} could not be predicted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a lower confidence, or a better model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The confidence is {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a number from 0 to 1, such as 0.9.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the model that it was exported from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not labelled.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine/config</name>
    <message>
        <source>Mixed precision (amp) needs a GPU of NVIDIA; this would run on {device}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch it off, or choose such a GPU.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>keep_best is {name!r}, which no validation measures here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose {join}, or {class_score} and one of: {join2}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The learning rate is {lr}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a number above 0, such as 0.001.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>epochs is {epochs}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a number above 0, such as 10 or 0.5.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pseudo_weight is {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a number from 0.05 to 1; 0.5 lets labels by hand lead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are {class_weights} class weights and {classes} classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give one weight for each class, in their order.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A class weight is below 0 or not a number.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give weights from 0 up; 1 leaves a class as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is {value}; the least that works is {bound}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give {bound} or more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The edited config</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} cannot be trained with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has no {missing}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put that part back, or go back to the built config.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line {get}: nothing reads {full!r}, so it would change nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>train_cfg has no max_iters; trainings here count iterations.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write train_cfg = dict(type="IterBasedTrainLoop", max_iters=1000).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line {line} is not Python: {getattr}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mend the line, or go back to the built config.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The nearest known name is {near!r}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the line out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{pooling} cannot learn from one picture at a time: it normalises over the pictures of a batch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a batch size of 2 or more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{head} has losses of its own for each of its outputs; {loss} cannot take their place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the recipe's loss, or another architecture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{head} classifies whole masks, not pixels: weights of classes have no place in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose no class weights, or another architecture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file name {name!a} cannot stand in a list of names: it begins or ends with a space, or is not UTF-8.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename the image and its mask.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no architecture {architecture!r}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one of: {join}, or zoo: and the name of an entry of the model zoo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model zoo has no entry {name!r}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{architecture} cannot be trained here. {rstrip}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} names no model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the config.py that a training wrote into its folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The nearest names are: {join}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>`segdesk models zoo` lists its entries.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint's config</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value!r} has no literal form</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The config was not written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use plain values: numbers, texts, lists and dicts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> (line {lineno})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It builds on other files (_base_), which have to be executed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name!r} cannot be the name of a setting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has {size:,} bytes; a config has at most {max_chars:,}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the config.py that the training wrote into its folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line {line} is code, not a value: {excerpt} Nothing in it was executed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not a Python config{line}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It ended with {name}: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mend the config, or choose a dumped one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The learning rate is {scaled:g} instead of {rate:g}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The published one is for batches of {planned}; these have {batch}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the config.py that the training wrote into its folder. If you know who wrote this file and trust it, add it as a trusted config.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The config</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>default_scope is {config}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It would run code outside the mmseg packages: {what}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>custom_imports asks for {module}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{key} is {value!r}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>_scope_ is {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>type is {value}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>The device was not chosen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no kind of device {wanted!r}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose "auto", "cpu", "cuda:0" or "mps".</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{get_device_name} does not know bf16.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On a CPU 16-bit numbers are slower.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no NVIDIA GPU here, or its driver does not answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This machine has {count} GPUs, counted from cuda:0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Running on the CPU instead of {wanted}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Computing in fp32 instead of {wanted}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no Apple GPU here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>torch {version} was built without CUDA.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It works, several times slower. `segdesk doctor` lists the devices.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Apple GPU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predicting {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting the engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at the engine's environment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No GPU is used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mmcv has no compiled operators.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two families of the mmseg stack are installed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>OpenCV is installed twice.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>setuptools is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mmseg stack does not start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prediction works on the CPU; training is slow there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>onedl-mmcv from the package index is built without them. PSANet and models with deformable convolutions do not run; all others do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For these, install a wheel that matches your torch from https://mmwheels.onedl.ai.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{join} and their continuation by OneDL overwrite each other's files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run `pip uninstall {join}`, then reinstall SegDesk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>opencv-python and opencv-python-headless overwrite each other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run `pip uninstall opencv-python-headless`, then reinstall opencv-python.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mmengine imports distutils, which only setuptools brings today.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run `pip install setuptools`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reinstall SegDesk in an environment of its own.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine/explain</name>
    <message>
        <source>The image was not explained.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model has no class {n}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>It has {n} classes, counted from 0.</source>
        <extracomment>One: It has {n} class.</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>{method} looks into the network, and an ONNX file does not show it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use occlusion, or the model's PyTorch checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model gives labels alone, without scores.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the model's PyTorch checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The pixel {x}, {y} lies outside; the image has {width} × {height}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a pixel inside, counted from 0, 0 at the top left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Explaining {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The image was explained at a smaller size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model gives no pixel the class {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing speaks for {name} here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network saw it at {share:.0%} of the size at which it predicts, so that the memory suffices.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where it comes closest to it is explained.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The map is 0 everywhere.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another layer or method.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its output is {count} arrays, not one map.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The layer {name} was not looked at.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network has no layer of this name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network has it, but does not run it by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its output is {sides} values without a place in the image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers that give a map are {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model was not explained.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No layer of its network gives a map of the image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use saliency or occlusion: they look at the image itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network does not let itself be asked this way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another layer, or eigen-cam or occlusion.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This way to ask needs more memory than is free.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a later layer, eigen-cam or a smaller image.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine/export</name>
    <message>
        <source>{size} × {size2} pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>any size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file takes {words}, the next size that fits the network's strides.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model was not exported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes one RGB image of {size}: image, uint8, (1, height, width, 3).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Normalises it, pads it, runs the network, enlarges its scores and takes the highest.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gives labels, uint8, (1, height, width): the index of each pixel's class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gives scores, float32: what the network says, before it is enlarged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing the graph</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network takes {words} alone, so the file does too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gives confidence, uint8, (1, height, width): 0-255 for 0-1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Before it the image is resized as `resize` says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A larger image is cut into windows as `windows` says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comparing with PyTorch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing what it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{id} is an ONNX model already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy its file, or export the .pth that it was made of.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{id} was not loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The image was not predicted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>MMDeploy does not write the names of the classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name them, in the order of their indices.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It predicts {count} classes, but {classes} are named.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a list of {count} classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The graph takes {size} × {size2} pixels alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict it in windows of that size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model gave the label {highest}, but only {classes} classes are named.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name all of its classes, in the order of their indices.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not a segmentation of one image at a time: {described}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the end2end.onnx that MMDeploy wrote for an mmseg model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has more than {max_bytes:,} bytes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder that MMDeploy wrote for an mmseg model: it holds end2end.onnx, deploy.json and pipeline.json.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not of a semantic segmentation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is damaged: {error!r}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has the step {kind}, which SegDesk cannot do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was exported by a newer SegDesk (layout {layout}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Update SegDesk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What SegDesk wrote into it is damaged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the model again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The pixel decoder of Mask2Former has no form in ONNX: it cuts its points by numbers that it computes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict with SegDesk itself, or export a model of another architecture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The package {name} is not installed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run `pip install 'segdesk[onnx]'` in SegDesk's environment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A part of its network cannot be said in ONNX</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try another opset; the details name the part.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give it a size: --size 512x512.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> for any size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Computing the checksum</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was exported so.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Computing in {precision} instead of {precision2}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It does not say how an image is brought into it and what its labels are called: {described}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the model with `segdesk export`, or give the folder that MMDeploy wrote, with its pipeline.json.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The opset is {opset}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It goes from {low} to {high}; 18 runs everywhere.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The size is {size} × {size2} pixels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each side goes from {least} to {most:,} pixels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it takes {ins} and gives {outs}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{width} × {height} pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Running on the CPU instead of {device}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ONNX Runtime cannot read it: it is damaged, or files that belong to it are missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy it again, with what lay beside it, or export the model anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This ONNX Runtime was built for the CPU alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install onnxruntime-gpu in place of onnxruntime, or use the .pth.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It needs operators that this ONNX Runtime does not have.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Update ONNX Runtime, or export the model with a lower opset.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It needs ONNX Runtime, which is not installed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ONNX Runtime failed at {size_words}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a smaller image, or the model's .pth file; the details say what failed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>The model cannot run here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> {total:.1f} of {total2:.1f} GB are in use.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The GPU ran out of memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job ran out of memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The GPU stopped working on this job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training was not run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It needs the compiled mmcv operator {op}, and this mmcv was installed without operators.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install a wheel of onedl-mmcv that matches your torch from https://mmwheels.onedl.ai, or choose another architecture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job needs more than is free.{used}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a smaller image, crop or batch, a smaller model, or the CPU.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This machine has no more memory to give.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs, or use a smaller image, crop or model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A value the network could not handle, such as a label that is not one of the classes, or the driver. The engine starts anew; your work is not affected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again on the CPU, which names the value.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batch normalisation needs two pictures in a batch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a batch size of at least 2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an .onnx that SegDesk exported, or the folder of MMDeploy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a PNG image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a JPEG image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a GIF image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a PDF document</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an HDF5 file, as Keras writes them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a gzip archive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a 7-Zip archive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a media file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is {kind_of}, not an ONNX model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is cut off: its end is missing after {size:,} bytes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a file of another kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} cannot be read: {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is empty (0 bytes).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a checkpoint of PyTorch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a safetensors file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a text file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no file {path}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You have no permission to read {path}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is {kind_of}, not a checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the path and the rights on the file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>you name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the checkpoint names</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It predicts {labels} classes, and the checkpoint does not name them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name its {labels} classes, in the order of their indices.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its head predicts {labels} classes, but {given} {classes}: {join} …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a list of {labels} classes, or the config that belongs to the checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It needs compiled mmcv operators: {join}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Building {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give 1 to {most} scales from {smallest} to {largest:g}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A scale is {wrong:g}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are {scales} scales.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It predicts depth, not classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It needs compiled mmcv operators ({join}), and this mmcv was installed without them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that config and checkpoint belong together.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its config describes no model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add it together with the config it was trained with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install it: pip install onedl-{package}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint carries no config, so its network is unknown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It needs the package onedl-{package}, which is not installed whole.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model was not loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its network fails on a small test image of any size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At {size} × {size2} pixels the network needs more memory than {device} has free.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs, use a smaller model, or predict on the CPU.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network failed at {size} × {size2} pixels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the CPU and precision fp32; the details say what failed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine/paint</name>
    <message>
        <source>The model's output holds values that are not numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict with precision fp32; if it stays, the weights are damaged.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>It takes images of {channels} bands; SegDesk reads colour and grey.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a model that was trained on RGB images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its test pipeline has the step {kind}, which SegDesk does not know.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace the step by a Resize, or use another model.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine/promptable</name>
    <message>
        <source>It holds weights alone; the network that they belong to is not in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export encoder and decoder to ONNX with the program it is from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is TorchScript: opening it executes code that is in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use an ONNX file, or consent if you trust where it is from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The prompt was not answered.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ONNX Runtime failed in {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The details say what failed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PyTorch cannot read it as TorchScript.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export it anew, as ONNX if you can.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PyTorch failed in {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy it again, with what lay beside it, or export it anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} gave something else than its inputs promise.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the model anew, encoder and decoder from one checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was looked for.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is neither a point nor a box.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click on a thing, or drag a box round it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Encoding {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} gives {found}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} takes {found}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} takes {needed}, which {encoder} does not give.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not opened as a promptable model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} takes no points.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is no image encoder: it takes {found}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An encoder takes one image: 1 × 3 × height × width, or height × width × 3.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} takes no embedding.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A decoder takes {needed}, as Segment Anything is usually exported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Encoder and decoder are the wrong way round.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>{processor}, {get_num_threads} threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No C++ compiler was found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>torch {version}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>segdesk {version}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cuda {cuda}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cudnn {cudnn}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Triton is not installed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine/scribble</name>
    <message>
        <source>Scribbles do not use the model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An exported model tells its scores alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its backbone gives no map that is fine enough.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They go on with colours and edges. Load another model to use one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The scribbles were not applied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The pixels under them are all of one class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scribble on a second class too, then apply them again.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>Unsupported global: GLOBAL builtins.getattr was not an allowed global</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is damaged or not a checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an {noun}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is a pickle of another program, not an MMSegmentation checkpoint. Such files can run code, so nothing in it was executed: it asks for {asked_for}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export its weights as a state dict, or ask its maker for one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds {a}, not a model's weights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is a TorchScript program, which would run when opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not a checkpoint, or it is damaged.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine/training</name>
    <message>
        <source>Reading images and masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the data set of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} of {kind}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model was not evaluated.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not measured.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It does not know {join}, which the data name; it knows {join2}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model that was trained on these classes, or rename the classes so that the names agree.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its mask is {shape}×{shape2} px, the image {shape3}×{shape4} px.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not one of the {total} images of {split} could be measured.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The log says why for each; `segdesk check` looks at all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint {name} is from before that.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No checkpoint was written before that.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training was stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The loss is not a number at iteration {iteration}: the weights have run away. {kept}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train again with a tenth of the learning rate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>devices is {join}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name each GPU once, by its number from 0, such as 0,1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The launcher is {launcher}, and {key} is not in the environment: this process was not started by {starter}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start it with {starter}, or leave the launcher out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>batch {batch_size} → {batch}, gradients added over {accumulate} batches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>intermediate results are computed twice instead of kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>crop {side} → {smaller} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mixed precision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counting the classes' pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking the data set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Building the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training a batch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predicting an image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The probe ran out of memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A batch of {batch_size} does not fit on {device}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a smaller batch, crop or architecture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One of its processes ended without a word (exit code {code}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on from its last checkpoint (resume), or train on one device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It asks for {value}; there are {count} that torch can use here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name GPUs that `segdesk doctor` lists, or choose the device cpu.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a GPU for each process</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The run was not resumed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} holds no whole checkpoint to go on from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train in another folder, from a model if there is one (load_from).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has done {iteration:,} of {length:,} iterations.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give more than {iteration:,} iterations to extend it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It knows the classes {join}; the data set now has {join2}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start a new run from its model (load_from): what fits is taken.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was passed over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not whole: {cause}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training was stopped: its folder cannot be written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} holds an earlier run: {named}{word}. It was left as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume that run, choose another folder (--work-dir), or move it away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some disk space, then train again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another folder for the run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another training runs in {folder} (process {pid} on {host}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait for it, stop it, or choose another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No samples were made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An image of the training split cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the data set; its report names the file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unexpected pos</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Detected call of `scheduler.step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of the inputs have</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of the {found} weights in {name} fits the network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a checkpoint of the same architecture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{fitting} of {own} weights were taken from {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{left} are not in it or have another shape there, such as a head for other classes; they start from random values.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network of the config cannot be built: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the config against the architecture's own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint at iteration {iteration}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the GPU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Several processes that train together do not adapt themselves. </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training ran out of memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The state of the training was not saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The memory did not suffice for that either.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was tried with less, step by step. </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{tried}A batch of {batch_size} does not fit into the memory of {device_words}. Checkpoints that were written before stay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>out of memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a smaller batch, crop or architecture, or let the training adapt itself on one device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a smaller architecture or another device, or close what else uses the memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{misshapen} weights have another shape, such as {first}: {tuple} in the file, {tuple2} in the network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{missing} of {own} weights are not in the file, such as {some}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its weights do not fit the network of the config: {cause}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the config that belongs to the checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{unexpected} weights of {name} were not used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network has no place for {some}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>What its looks say takes {value:,.0f} MB each on the disk of {parent}, and the system says: {value2}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some room there, or predict it with fewer looks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measuring {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{id} was not tuned.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is an ONNX model: how it runs was decided when it was exported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tune the .pth that it was made of, or export it with --fp16.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the images</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/engine/video</name>
    <message>
        <source>{named}: {width} × {height}, {codec}, {bit_depth} bit, {fps:.4g} frames a second{turned}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> to {end_s:g} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The video was not predicted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, turned by {rotation}°</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{named} has no frame from {start_s:g} s{to}; it lasts {length_s:.2f} s.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a start before its end, and an end behind the start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The part from {start_s:g} s to {value:g} s is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give an end behind the start, in seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The stride is {stride}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give 1 or more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It cannot be smoothed over {smooth} frames.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give an odd number from 1, which is off, to {most_smooth}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The opacity is {opacity:g}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It goes from 0, the picture alone, to 1, the colours alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:g} frames a second cannot be written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a number up to {most_fps:g}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The quality is {quality}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It goes from 0, without loss, to 51; 20 is usual.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The size is {size}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give sides from {low} to {high} pixels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A duration of {value:g} s records nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give seconds above 0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{result} is there already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give another name, or allow it to be overwritten.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is named for the video and for the class shares.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the two different names.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} would replace the video that it is made from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the result another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{rate:.1f} frames/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:,} frames could not be decoded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is broken there; the frame before stands in for each.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the video again if it was cut off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The film is written as MPEG-4 part 2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The installed PyAV cannot encode H.264.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install PyAV from PyPI (pip install av) for smaller films.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The earlier {name} is unchanged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for the stream</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done:,} frames, up to {last_s:.1f} s, are in {out}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the video</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All that are there are predicted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What came is written.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/formats</name>
    <message>
        <source>value 0 is ignored, class 0 is stored as 1 (reduce_zero_label)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>objects without a name are ignored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>annotations/training is named as in ADE20K's benchmark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The masks were not written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>class names are from the objects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is named as in the full ADE20K</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} classes and the ignored pixels do not fit 8 bits here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another format, or merge two classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It lacks what ADE20K's JSON has: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> The earlier file is unchanged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} does not take it: {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the folder is still there, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full: {megabytes} of it fitted, {free} are free in {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files here may not grow past {megabytes}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Raise the limit of your account or choose another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not write into {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another folder, or have its owner give you the right to write.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} can only be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder on another disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its path has {target} letters, more than this disk takes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a shorter folder or file name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A part of {folder} is a file, not a folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{target} is a folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not put back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{filename} does not give way: {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that its disk is there, and your rights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it holds {both} and {both}{masks}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No CamVid masks were found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the list of CamVid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} holds no folders like train and trainannot.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder that holds them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>masks without an image beside them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No Cityscapes annotations were found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{kind} are read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the list of Cityscapes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is named as in Cityscapes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} holds no file like a_gtFine_labelTrainIds.png.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder that holds gtFine and leftImg8bit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It lacks what Cityscapes polygons have: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The classes were not mapped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The map names {unknown!r}, which is none of {join}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the names as the preview shows them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is no table of classes: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write lines of: from=to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The classes were not changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{source} may not be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It names no class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write one class on each line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write {"classes": [{"name": "road", "color": "#6EC1E4"}]}, or lines of: name,red,green,blue.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exported from SegDesk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} lists images, annotations and categories</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was left aside: name it as annotations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{get} was not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its entry has no width and height.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the file again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>segments that the JSON does not list are ignored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} lists panoptic segments</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No panoptic annotations were found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>segments are merged by class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No JSON file in {root} lists segments.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder that holds the JSON and the PNG files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The colour masks were not written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{used!r} and {name!r} have the colour {rgb_to_hex}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give one of them another colour.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image {get}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>skeletons, tags and cuboids have no area and are left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is an export of CVAT</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds the tracks of a video, not the shapes of images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export it from CVAT as 'CVAT for images 1.1'.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shapes not understood</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/formats/doctor</name>
    <message>
        <source>{name} was not fixed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It could not be kept in a backup: {value}{word}. It is unchanged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that there is space and that you may write beside the data.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:,} {form}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The data were not checked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no {kind} {name!r}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose from: {join}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>many bands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{files} {done}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>moved into the backup: litter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>moved into the backup: unreadable pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>moved into the backup: without counterpart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>renamed: suffix in lower case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>written with 1 for 255</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>written as PNG instead of JPEG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>written with one band</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>written with numbers for colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>written with 8 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>written as PNG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>written with 0 and 1, noise removed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>turned as their images are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>scaled to the size of their images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>given background as class 0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stretched to 8 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>moved out of train: copies of other splits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is there already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep one of the two.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training reads three bands; the others are dropped without a word.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the three bands that tell most as RGB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transparency is dropped; hidden pixels show what the file holds there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing, where the pictures look right without it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} more than 8 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training keeps the upper 8 bits: 12-bit data in 16-bit files come out nearly black, while SegDesk's prediction stretches them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix stretches each image to 8 bits, as a prediction does.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} more than {huge_mp:.0f} megapixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training crops them, but validation takes them whole, and may run out of memory; each crop costs decoding the whole file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cut them into tiles, or validate in sliding windows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} of a kind that no training reads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only .jpg, .jpeg, .png, .bmp, .tif, .tiff and .webp are looked at.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save them as PNG.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The images end in {named}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training here reads all of them. A plain mmseg config reads one suffix, in one case of letters, and finds no others.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} a space at the end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lists of names are read without spaces at their ends, so the file is not found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename the files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} be used on Windows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The set can be trained on here, but not be copied to Windows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename the files if they shall go there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} letters beyond ASCII</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk reads them. Other programs on Windows that open images with OpenCV by name do not.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is needed here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} litter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Systems and archives leave such files behind. SegDesk passes them over; a plain mmseg training takes them for images and stops.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix moves them into the backup.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{images} {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} smaller than the crop of {crop}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is missing is filled up and ignored: time spent on nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix writes the suffixes in lower case.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>space at its end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a smaller crop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reserved on Windows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image has</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>images have</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, such as the usual shorter side.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>images are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>letters beyond ASCII</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file name has</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file names have</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file name cannot</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file names cannot</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file name holds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file names hold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>files are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>more bands than three</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>transparency</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A picture without its mask ends a training at a random moment, when it is its turn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A mask without its picture is not used, and may be a misspelt name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>JPEG changes numbers a little, and each changed number is another class. A training here reads PNG alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{dimensions}, image {dimensions2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>blended colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>colours instead of numbers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix writes the number of the nearest class colour; pixels far from all of them become 255, ignored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import the set with segdesk convert and a table of its colours: --classes FILE, and --tolerance for those nearby.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix writes PNG, the darker half as 0, the brighter as 1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix writes PNG; all numbers are those of classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the masks again as PNG: what JPEG changed is lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mask has</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>masks have</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix scales the masks, nearest neighbour.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Their shapes differ too: export these masks again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training ends with an error as soon as it is the file's turn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training reads numbers. Edges were smoothed, so that colours stand between those of the classes; a plain conversion gives them to class 0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training reads numbers, one for each class, and stops at colours.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} numbered differently from file to file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{why}. A training reads the index, and would learn another class from each file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n:,} masks cannot be read</source>
        <extracomment>One: {n} mask cannot be read</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>{n:,} images cannot be read</source>
        <extracomment>One: {n} image cannot be read</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Copy or export the file again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} three equal bands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training wants one band; with three it stops in the loss with an error about shapes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix keeps one of the three; no number changes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix numbers them by their colours.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import the set with segdesk convert --meaning colour, and a table of its colours: --classes FILE.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} not PNG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training looks for masks that end in .png and does not find these.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix writes them as PNG; no number changes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n:,} masks lie across their images</source>
        <extracomment>One: {many} across its image</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>The image carries a camera's note to turn it, which is followed when it is read; the mask was drawn on the picture as it is stored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix turns the masks as the images are turned.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} turned by a camera's note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The note is followed when the image is read. Sizes do not tell whether the mask was drawn on the turned picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at one of them in SegDesk; where the mask lies wrong, save the image without the note.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; the fix moves image and mask into the backup.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, or take the pair out of the splits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mask holds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>masks hold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{distinct} colours, {share:.1%} are of classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{distinct} colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{distinct} indices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{masks} JPEG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add what is missing under the same name; the fix moves these files into the backup.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add what is missing under the same name, or leave it: such files take no part.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} another size than the image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Crops would be cut from different places: labels and picture do not lie over each other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>palette mask is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>palette masks are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>orientation {orientation}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{distinct} values</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mask is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>masks are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mask lies</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>masks lie</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mask is a</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} in another split too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is examined on pictures that it has learned by heart: its scores say more than it can do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name!r} occurs in {here} and not in {there}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix moves the copies in train, with their masks, into the backup.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the copies the same split, or take them out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its score in validation is not a number, and nobody sees whether it is learned.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is asked for in validation and was never shown: its score is 0 and pulls the mean down.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name!r} occurs nowhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It cannot be learned or scored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder is no training set yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training takes a SegDesk project, or img_dir/{train,val} and ann_dir/{train,val} with classes.json.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import it in SegDesk, or write one: segdesk convert DIR --to mmseg --out DIR --val 0.2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no labelled image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No mask belongs to an image by its name: nothing can be learned.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label some images, or check that the folder is the one you mean. Where each object has a mask of its own, import the set first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is one image to learn from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network learns this picture by heart and little else.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label more images; a few dozen are a good start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} to two images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two images have one name but for the suffix, so one of them would be trained with the mask of the other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename one of the two and its mask.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is {name} of {split}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} there twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A copy counts double; with two different masks it contradicts itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep one of each.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>like {name} of train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} like one of train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frames of one film or tiles of one scene on both sides make scores better than the model is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Divide by scene or film: such pictures belong to the same split.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Divide the images anew so that both have some, or take the class out of the list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{ignored:.0%} of all pixels are ignored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They take the time of the others and teach nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label more, or check that 255 is meant as ignored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without val nobody can say whether a model is good; without train there is nothing to learn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image of train is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>images of train are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names!r} covers {share:.3%} of the labelled pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A plain loss hardly notices it: a network that never says it is almost always right.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train with class weights or a Dice loss, and with smaller crops around it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The images are not divided into train and val</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The split {named} is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Divide the images: File, Split images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, and their masks into the same folders of ann_dir.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mask belongs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>masks belong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image looks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>images look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move some images into </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The config takes label 0 away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With reduce_zero_label, 0 becomes ignored and 1 becomes 0: of two classes one is left, and the loss falls to 0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set reduce_zero_label=False in the data sets and LoadAnnotations.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reduce_zero_label is not the same everywhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is on in {on} and off in {off}: the training stops at its first sample.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set it to the same value in both.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The config's heads have {wrong} classes, the data {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trained as it stands, labels would lie beyond the heads, or scores be counted for classes that are not there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk writes {count} into every head when it trains.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The config's palette has {palette} colours for {count} classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures of results fail, or show wrong colours.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk writes the palette of the data when it trains.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{pooling} cannot learn from a batch of 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It pools each picture to one value and normalises over the batch: of one value nothing is left, and the training stops.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a batch of 2 or more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The config tests at {tested} px and trains at {trained} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Objects are smaller in the test than they ever were in the training: scores are low although the model is not bad.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk tests at the pictures' own size when it trains.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} another label</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{named}; the masks use 255. Where they differ, ignored pixels are learned or classes are left out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set all of them to 255.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A head of one channel has a loss for several</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With out_channels=1 the loss needs use_sigmoid=True; softmax over one channel is always 1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set use_sigmoid=True in its loss, or leave out_channels out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A head of one channel says yes from {value:g} on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mmseg's own threshold is 0.3: masks come out too large.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set threshold=0.5 in the head.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>place ignores</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>places ignore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} 0 and 255 alone, and the others 0 and 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>255 means ignored. Where it was meant as the object, it is not learned in these pictures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at one of them in SegDesk; give the object 1 if it is one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write {"classes": [{"name": "background"}, {"name": "road"}]}, one entry for each mask value from 0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>0 and 255</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} 0 and 255 alone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>255 means ignored: the object would never be learned, and the loss falls to 0 at once because background is all that is left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} background alone ({share:.0%})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>0 means {first!r}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is one class, {names!r}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With one class every pixel is right from the start: the loss is exactly 0 for ever, and nothing is learned.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} labels beyond the {count} classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The classes are 0 to {count}. On a CPU the training stops with an index error, on a GPU the process dies; in validation the pixels are left out without a word.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name every class, or give these pixels 255, which is ignored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix writes 1 for 255.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give these pixels the number of their class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} ignored altogether</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every pixel is 255. A picture without a label teaches nothing: its loss is 0, and its scores are not numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label these pictures, or take them out of the split.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No object occurs in any mask: there is nothing to learn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A few such pictures teach what is no object; where they are most, the network may settle on background everywhere.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label the objects.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take some of them out, or train with weights of the classes or a Dice loss.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} numbers above 255</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training keeps the lowest 8 bits and does not say so: 300 becomes 44, another class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These may be ids of instances, or depths. Export class numbers, or import the set with segdesk convert, which numbers ids anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Their numbers fit into 8 bits, but masks of this kind are refused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix writes them with 8 bits; no number changes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} grey noise around two values</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Almost all pixels are near 0 or near 255, and a few lie between: the mask was once a JPEG or was smoothed. Each grey counts as a class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix takes the darker half as 0 and the brighter half as 1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The masks count to {classes}, one more than there are classes: 0 seems to be a background that the list lacks, and then {first!r} would be 1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>0 occurs in the masks, and the first class is {first!r}. Where 0 was meant as background, all classes would be shifted by one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put background first in the list of classes, if 0 means that.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing, where 0 is {first!r}: a set needs no background. Else put background first in the list of classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fix adds background as class 0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name background as class 0 and what is looked for as class 1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing names the classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write {name}, or open the folder in SegDesk and name the classes there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training needs a name for each number in the masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>up to {labels:,}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; they hold {used}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} is not a folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name a folder of images and masks, or a project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the labels are those of another program, or there are several kinds, write a training set first: segdesk convert DIR --to mmseg --out DIR.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/formats</name>
    <message>
        <source>The annotation was not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It says that its image is {width:,} × {height:,} px.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the image beside it, or correct its size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is a file of EISeg</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>held by process {pid} on {host}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not set aside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{strerror}. It stays as it is, and nothing was written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that you may write into {parent}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no {path}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not a complete JSON file: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export or copy it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not a text file in UTF-8: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export or save it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that you may read it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not copied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it holds img_dir and ann_dir</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it holds folders of images and masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No image was found for its mask, and a training needs both.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the image into the source under the same name, or write masks only, without images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{both} folders hold one image and a mask for each object</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No instance masks were found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>objects are merged into one class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} holds no folder with images/ and masks/ of one image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each image needs a folder of its own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>folders without masks of one image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not merged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>objects overlap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is {shape} × {shape2} px, the masks before it {shape3} × {shape4} px.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove it, or export it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is a file of ISAT</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The labels were not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No class was found in them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the folder is the one you mean.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They have {found:,} classes; {max_classes} fit a label map.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the classes you need in a file, or check whether these numbers are instances, depths or blended colours rather than classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two classes are called {twice!r}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename one of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its name leads out of the folder that was chosen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename the item in its source.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The annotation of {name} was not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is damaged, or of another format: {name}, {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export it again, or choose another format.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another item has the same name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename one of the two.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} holds labelme shapes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not a file of {format_name}: what that needs is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another format, or export it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No mask has the name of an image, or its name and something more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The masks hold class {values}; the classes.json beside them names {named}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The masks hold no class indices. {cause}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder of masks holds no PNG.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No project was made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images and masks must lie in two folders, none inside the other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the masks into a folder of their own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} is a project already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open it, or change its {project_file} in a text editor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The two folders lie on different disks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the masks to the disk of the images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recording broke off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> {name} plays up to here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was recorded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recording was ended.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is nearly full: {free:,.1f} MB are free in {parent}.{kept}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space or choose another folder, then record again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{parent} takes no more: {reason}. {name} is kept as far as it was written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} cannot be made: {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another folder for recordings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no file names the classes: they are numbered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>every mask holds 0 and 255 alone: 255 is taken as class 1, not ignored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ids beyond 255 are numbered anew, in ascending order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>value 0 never occurs: if it means ignored, say --reduce-zero-label</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>class {place}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} has names without colours and was left aside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>class names and colours are from {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The masks were not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the {meaning} is the class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{moved} palette colours stand elsewhere in {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>class names are from {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>id {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} explains {fits:.1%} of the pixels and was left aside: its colours are others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The colour masks were not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no table names the colours: they name the classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is rare: map it to ignore if it is a stray</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Their index or their colour may be the class: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say which with --meaning index or --meaning colour.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{why}: only the colour is the class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They hold {counts:,} colours: blended or compressed ones stand among those of the classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a table of the class colours with --classes FILE, and --tolerance 40 for the ones nearby.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>value {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{named} is in no class and is ignored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>other values are in no class and ignored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write {"classes": [{"name": "background"}, {"name": "nucleus"}]}, one entry for each mask value from 0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The data set cannot be trained on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The data set was not opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds no list "classes".</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It names {names} classes; a training needs two or more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It names {twice!r} twice.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} cannot be trained on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{beyond} masks hold labels up to {highest}, but classes.json names {classes} classes (0 to {classes2}): {some}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name every class in classes.json, or use 255 for pixels to be ignored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the folder that holds img_dir, ann_dir and classes.json.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>img_dir/{split} of {root} holds no pictures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put some pictures and their masks into both splits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every mask holds 0 and 255 only, and 255 means ignored: nothing but {names!r} would be learned.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the masks with 1 where they hold 255.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Entry {index} has no name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The colour of {name!r} is not a text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>masks (.png)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is a picture of mode {mode}; a mask has one band of 8 bits whose value is the class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Convert it to a mask of class indices.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mask is {width}×{height} px, its picture {size}×{size2} px.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the mask again at the picture's size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} holds no {as_posix}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It needs img_dir/train, img_dir/val, ann_dir/train and ann_dir/val.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} and {name2} in img_dir/{split} would share one mask.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{parent} holds no {name}, which names the classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is not a JSON file: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{missing} of {have} files in {here} have no counterpart in {there}: {some}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the {noun} under the same names, or remove these files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} or its mask cannot be read: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace the damaged file, or remove the pair.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was changed by another program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cause} It stays as it is: your first stroke keeps it under another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{strerror}. It stays as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is {width:,} × {height:,} px, its image {width2:,} × {height2:,} px. It stays as it is: your first stroke keeps it under another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export it again at the image's size, or begin afresh here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is damaged: {error}. The pixels are complete; shapes can no longer be edited. Your first stroke keeps the file under another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore it from a copy, or go on without its shapes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its pixels are not those that SegDesk wrote, so its shapes no longer fit and are left out. Your first stroke keeps them under another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the labels before you go on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose which of the two to keep.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> since it was read. Your work is kept in the journal.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another program </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>removed it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>changed it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No image was found in {given}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list {name} was not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{given} was not found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds no file with the suffix of an image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name a folder with JPEG, PNG, TIFF, WebP, BMP or GIF files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It names no file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write one path on each line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no such file or folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the name; quote a pattern so that the shell leaves it alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name a text file with one path on each line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The pattern {pattern} was not understood.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>** stands for whole folders: it is alone between slashes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write it like images/**/*.png.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No masks were found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>images without a mask, such as {path}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}/ was left aside for a better source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{one}/ and {other}/ hold masks of the same images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say which is meant, with --masks FOLDER.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} holds no folder of masks beside one of images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the folder of the masks, or put images into images/ and masks into masks/.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{colours} of {colours2} masks have no </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the masks are coloured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>some masks are grey, and the palettes agree</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{colours} colours stand for {indices} indices, and {moving} of them have several</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the masks are grey: the value is the class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the three bands are alike and count from 0: numbers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>some masks are grey, some coloured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>some masks are grey, and the palettes of the others differ</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all palettes agree</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is one palette</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words}: the index is the class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{moving} colours, {name} among them, have another index in another file: only the colour is the class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>each file paints the same indices in colours of its own: the index is the class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>palette: only the colour is left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not read as a mask.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its indices run from {low:,} to {high:,}; 0 to 255 fit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number its classes from 0 without gaps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds colours ({mode}), not class indices.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export it as a palette or grey PNG whose values are the classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>opacity={opacity:g} legend={legend:d}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It would have {width:,} × {height:,} pixels; a JPEG ends at {jpeg_side:,} on a side.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave overlay and side out of what is saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is done was not written into {parent}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space or choose another folder; what is written stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another batch (process {pid} on {host}) writes into {parent}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait until it is done, or choose another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct it in a text editor or restore it from a copy; nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It names {entries} classes; a label map holds {max_classes}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds no JSON object.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds something unexpected: {name} {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It does not say "segdesk": 1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its ignore_index is {ignored}; SegDesk's is 255.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class {index} has no name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It names the class {twice!r} twice.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is damaged: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A newer SegDesk wrote {project_file} (form {version}); this one reads up to form {version2}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Update SegDesk. Nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> (process {pid} on {host})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is open for reading only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another SegDesk has it open{who}; two would overwrite each other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close it there, then open it here again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not write into {root}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Have its owner give you the right to write, or copy the folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} cannot be annotated.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another image in its folder is named {stem} too, and both annotations would be one file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename one of the two images, then open the folder again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the name and your rights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The images were not labelled by {model}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It knows {known}, and the data have {wanted}. Labels of other classes would teach something wrong.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model that was trained on these classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The labels of a model were not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the model label the images again, or train without them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} holds no labels of a model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name a folder below {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The labels of a model were not removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path}: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of the images that {model} labelled, {count} are gone: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the programs that use them, then remove them again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All images that {model} labelled are labelled by hand by now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model was not sure enough of a single image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not read as a colour mask.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds numbers up to {max:,}, not colours.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read it as an index mask.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds pixels of the kind {mode}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export it as PNG with class numbers or colours.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>keeps every pixel; shapes that you drew stay shapes, and {} paints their border too, up to 1 px wide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Masks beside images; written as MMSegmentation's index PNG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Masks of numbers, 8 or 16 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Coloured masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One mask for each object</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>COCO instances and stuff</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>COCO panoptic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pascal VOC segmentation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CVAT segmentation mask 1.1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CVAT for images 1.1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>YOLO segmentation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text matrices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The format {format_id!r} is not known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read only: images without an annotation are left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read only: mmseg is its layout on the way out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>two classes of one colour are refused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read only: objects are merged into one class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the image must lie beside it: its size is in no file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>254 classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ignored pixels become background where there is one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No format has this name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one of: {join}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is written, not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another format.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It declares a document type, which may pull in other files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the DOCTYPE out of it, if you trust the file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not a complete XML file: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The scribbles were not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is damaged. It is kept under another name; the annotation is not affected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scribble anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} cannot be read: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check your rights, then open the image again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The scribbles were not cleared.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} cannot be deleted: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check your rights, then clear them again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>annotated images are not there any more and are left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it holds {project_file}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{project_file} tells of one, but its file is gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore it from a copy, or label the image again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds no {project_file}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the folder of a project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of its {items:,} images has an annotation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open it in SegDesk and label some.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sidecar damaged or of another mask, shapes left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open it in SegDesk and name them in the classes panel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>value {value} is in no class and is ignored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>images without an annotation are left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>classes that the table lacks are added: {join}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pixels under no shape get the class 'background', added in front</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No annotations were found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} holds none of this format.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>class names are from the shapes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Neither the annotation nor an image beside it tells its size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the image beside it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lists of splits left aside: {cause}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sky tree road grass water building mountain foreground</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is a matrix of labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No text matrices were found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} holds no file like a{end}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the list of Stanford's</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds no numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is no matrix of whole numbers: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> and {gone} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its project names {count} classes; a training needs two or more, background among them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the classes in the classes panel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The annotations of {gone:,} images are gone: {named}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put them back, or open the project and label these images again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of its {items:,} images has an annotation that is {join}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label some images first, or mark reviewed ones as done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No annotated image is in {join}; there are {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Divide the images anew, or label some of that split.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its {found:,} annotated images are not divided into train and val.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Divide them in the files panel with Split, by chance, by folders or by lists.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none in any split</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a data set that has masks or outlines.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is in none of the formats that are known here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say which format it is, or put images into images/ and masks into masks/.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is a volume of slices, not an image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is a pickle, which could run code; it is not opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is a Pascal VOC file with boxes alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds images alone, without annotations.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} holds no files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder instance/ holds ids of objects.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read it with --from index --masks FOLDER/instance --divide 256.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is a COCO file without outlines: captions, labels, boxes or a list of images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is an XML of the LabelMe web tool, which is not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} holds boxes or key points, not outlines.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is a description in DSDL, which is not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The video was not written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The installed PyAV can encode neither H.264 nor MPEG-4.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install PyAV from PyPI (pip install av), or write frames.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Videos are written as {join}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the file one of these endings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>background aeroplane bicycle bird boat bottle bus car cat chair cow diningtable dog horse motorbike person pottedplant sheep sofa train tvmonitor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source># label:color_rgb:parts:actions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it holds SegmentationClass</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No VOC segmentation was found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} holds no folder SegmentationClass: VOC data without it has boxes alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder that holds SegmentationClass.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the list of VOC 2012</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} holds shapes of X-AnyLabeling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>path: .</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} holds outlines as YOLO writes them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The YOLO labels were not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>class {i}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>data.yaml has kpt_shape: they are key points, without an area.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a data set for segmentation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each line holds a box: where the object ends is not known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ignored pixels do not fit YOLO and are left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its outlines are parts of an image that is not beside it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the image into images/ under the same name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>boxes have no outline: left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lines not understood</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source>Application bar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show what was said lately.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Theme, panels, keys, log files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the first class, then paint with it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>batch pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>255 is always there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ignored pixels are hatched</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change colour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Merge into</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End solo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no other class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&gt; commands   @ files   # classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>change its keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type a command, or &gt; @ #</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command, file or class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Found</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui/components</name>
    <message>
        <source>, {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press a key</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source>SegDesk {version}, Python {python_version}, Qt {qversion}, {platform}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something unexpected went wrong.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}. The window goes on; your files are not touched.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The details can be copied into a report; none of your folders is in them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sample was not predicted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No prediction came within {seconds} s.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run `segdesk doctor`; it says what does not work.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{parent} does not take it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another file with --screenshot.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui/dialogs</name>
    <message>
        <source>Qt {qversion} and PySide6</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>MMSegmentation, MMEngine, MMCV</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Phosphor icons</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open images, load a model, see what it makes of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Licences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy versions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} {version}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk {version}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lists (*.txt *.csv *.lst);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With subfolders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep watching the folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Large images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From 64 MP on in windows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Into</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict again what is there already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>names and folders are kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>drafts need no folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Windows of {side:,}, blended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a list of paths</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what is there already is skipped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>List of paths</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title}, {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} images</source>
        <extracomment>One: 1 image</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>{about_}{decimal} {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It goes on where it was if stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{megabytes} on disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About {time} and {room}. {goes_on}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words}, {least} MP each</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words}, {least} to {most} MP each</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything is there already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} are there already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About {room}. {goes_on}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About {time}. {goes_on}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Masks as GeoTIFF, too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Legend in pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Polygons as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>index PNG, GeoTIFF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lists of classes (*.json *.txt *.csv);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes of {model_name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the classes of {model_name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>It predicts {n} classes but does not say what they are. Name them in the order in which it was trained.</source>
        <extracomment>One: It predicts {n} class but does not say what it is. Name it.</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Paste list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{problem} Nothing was taken.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put background first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>class {row}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The clipboard holds no list of names.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All classes have a name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a list of classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Safe colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour of {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour as hex</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of your folders is in the report.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All annotations are saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something unexpected went wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close after saving</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep on working</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk can go on. Where it looks odd from here, close it: what you painted is there again at the next start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open log file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n} annotations are being saved; their steps are in the journal already.</source>
        <extracomment>One: {n} annotation is being saved; its steps are in the journal already.</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why {name}? {image}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where it looks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unsure (1 - confidence)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All its pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder for the explanation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That of the pixel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The largest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pixel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{x}, {y}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {count} passes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asking the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probabilities</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All labelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} {format_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the images along</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keeps every pixel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>MMSegmentation, to train on</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Export {n:,} images</source>
        <extracomment>One: Export {n} image</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Export into</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} {counts:,}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It takes images of any size. A fixed size is faster on some devices.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger images are cut into windows of that size, smaller ones filled up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As one ONNX file: RGB pixels in, labels out. Beside it lie a description and a script that runs it without SegDesk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>16 bits: half the size, faster on GPUs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the confidence too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Input size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{side} × {side} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where do the frames go?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A frame of {name} that you annotate becomes an image. This is asked once for each video; the command “Frames go to” changes it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put them there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder of frames</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Red</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Green</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smallest to largest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>2 % to 98 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All bands alike</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each for itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Three as colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One as grey</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the bands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bands and stretch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is stored as {layout}. All images of its folder are shown and predicted in the way chosen here. Training and evaluation read the files as they are stored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind of picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stretch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stretch of the bands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As stored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{message} {cause}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Band {band}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to show yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preview: the file at the left, classes at the right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left and right keys move the border.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labels (*.json *.xml *.png *.txt *.zip);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Masks of numbers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Masks of objects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; others fit too, choose if it is one of them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looks like</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Format of the labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a folder or a file of labels here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Masks, labelme, COCO, CVAT, VOC, YOLO and more. Nothing is written before you have seen what it becomes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at the files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files that were looked at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace annotations that exist, keep a copy of each</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nearest colour within</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Distance of colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the class file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} / {name2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, {items}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace {existing} that exist, keep a copy of each</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Skip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous annotation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next annotation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at the files: {done:,} of {total:,}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No image of the project belongs to these labels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cause} {hint}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finding out the format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes that were found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search by name or key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search by pressing a key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press the key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All commands have the keys of the preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search by key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press a key and see which command it runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a command to change its keys.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This belongs to the mouse, or to the window; it stays as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys of the chosen command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press a key to add it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> keeps {join}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> would have no key left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{key} is “{title}” now, which{left}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take {key} away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{key} was taken from “{title_of}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys were taken from {join}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>while the key is down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide the overlay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom at the cursor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pan with the mouse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Middle button</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Erase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Right button</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pick a class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Straight line with the brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept region with the hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept by lasso with the hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next area of the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No camera was found on this machine. Type the address of a stream.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A camera of this machine, or the address of a network camera or another sender. If it breaks off, it is connected to again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras and addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder of recordings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The password is not remembered.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder of recordings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied the card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not in the library any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes  {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not measured here: it runs in fp32.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measuring. Predictions wait meanwhile; the jobs panel can stop it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find the fastest way to run this model here; takes seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tune for this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · {day}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Safe mode starts with default settings and keys, and without the layout, the model and the engine of the last sitting. Resetting gives settings and layout other names and begins as on the first day. Neither changes images or annotations.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset settings and layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start in safe mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start as usual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk crashed last time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you painted is there again when you open the images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk did not start twice in a row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk did not start {failed} times in a row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change keys…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No command has other keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} with own keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No setting fits “{query}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> {key} shows all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the best device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk's own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The best one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to {words_of}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In force {applies}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder named train, val or test in an image's path decides; training, validation and testing count, too. Other images have no split.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A name is a path, or a file name that occurs once; the end may lack.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same seed divides the same way again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{rest} without a split</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} names mean no image or several: {names}</source>
        <extracomment>One: 1 name means no image or several: {names}</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>List for {lower}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text file, one name a line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lists (*.txt *.lst);;All (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By chance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By lists</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} cannot be read as text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a text file with one name a line.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui/dialogs/training</name>
    <message>
        <source>{train_images:,} + {val_images:,}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class balance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} {train:.1%} in training, {val:.1%} in validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title}. {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title}: {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title}: {words}{taken}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The config is built once the data can be trained on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Building the config</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Difference to its base</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} {hint}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your text wins over the settings; it can be trained</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit it to go beyond the settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make 0 and 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set aside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop from validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{rule_names} rules · {pairs:,} pairs · {seconds} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{kind}: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done and drafts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Data check</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> The files as they were lie in {backup}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n} rules hold</source>
        <extracomment>One: {n} rule holds</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Making samples</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{why} {cure}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As in the project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split again…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As in its folders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>share of pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After augmentation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No samples: {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The files as they are now are kept beside the data.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw new ones.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done:,} of {total:,} {unit}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fixed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Samples are made once the red findings are fixed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After the check</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from scratch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{iterations_of:,} iterations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready to start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready: it waits until {waits_for} is over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{key} leads back to the training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{get:,} train · {get2:,} validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, {start}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{length} · {device}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next: {titles}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About {time_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Configs (*.py *.json *.yaml *.yml);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sort: proposed first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sort: name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sort: fastest first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sort: least memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sort: smallest first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Speeds are measured here, one architecture after the other</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> Published of {title}: mIoU {score} on {dataset}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the network comes from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Architectures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Configs of the zoo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A config of your own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any mmseg config, such as the config.py of an earlier run. It is read as text; code in it is not executed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why this one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Speeds are measured once the data can be trained on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proposed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not installed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{rstrip}. {hint}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoo configs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>My config</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why {title} is proposed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proposal is made from the checked data.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Data set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{decimal} M</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory of a step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>with a warning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stops the start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>≈ {number} epochs of {pairs:,} images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipe's own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Poly, warm-up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cosine, warm-up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Constant</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cross-entropy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cross-entropy + Dice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Focal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light: mirror</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Standard: scale, mirror, colour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strong: turns and more colour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Halve the batch, accumulate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and say so</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>≈ {iterations_of:,} iterations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset to proposed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Presets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unit of the length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop early after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Validations without gain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If memory runs out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Augmentation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoint every</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log every</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>iterations, checkpoint at the same time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rate; empty: the recipe's own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>batches make one step of {total:,} images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quick try: {quick} iterations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the data are not checked yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As proposed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thorough: four times as long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>without gain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>IoU of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fits in memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probe: 1 training and 1 validation step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deterministic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mixed precision (GPU only)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Average weights (EMA)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recompute to save memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>peak, measured by a probe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not probed yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time for {length} iterations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See Data.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 training and 1 validation step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory and time are not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probe measures them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Does not fit in memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lower the batch or the crop.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Before you start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n} warnings in Data</source>
        <extracomment>One: {n} warning in Data</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>They do not stop it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Samples after augmentation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title} · {height:.1f}{unit}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Networks by what they cost and reach</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title} {across:.1f}, {height:.1f}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>images/s here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What lies across</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On which data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>○ published on {papers}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Published mIoU, size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>○ mIoU over parameters in millions; click one to take it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of these was published on this data set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} · {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mIoU over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · ● on these data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>size = memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Course of the learning rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>random weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoo weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>My model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scratch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>get some from the zoo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none is in the library</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none is finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{found} to choose from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoint file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{decimal} h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{decimal} s per iteration, probed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{used} of {total} GB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seconds} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probe measures memory and time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>– of {total} GB</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui/dialogs</name>
    <message>
        <source>{text}&#10;… the rest is not shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run {name}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run the code in {name}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{why} A Python config can do whatever you can do on this machine: read and delete files, or send them away. Run it only if you know where it comes from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trust and run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file cannot be read: {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The classes over the picture, as an H.264 film.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture and overlay side by side, as an H.264 film.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The colours of the classes alone, as an H.264 film.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder with the mask and the overlay of every frame, as PNG.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In to out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About {size}{took}. {model_name} predicts it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the sound</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In to out, {clock} to {clock2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Part</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Every {n}th frame</source>
        <extracomment>One: Every frame</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Smooth over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Target</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Export {count} frames</source>
        <extracomment>One: Export 1 frame</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>, {rough_duration}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sound</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whole video</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{frames} frames</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 frame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Videos (*.mp4)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} {form}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{have} a mask.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project file is written into {root}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where are the masks?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images and masks stay where they are. Masks are PNGs whose values are the classes; SegDesk writes into them when you paint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Names</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{pairs} of {total} images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder of masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{have} none yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{have} no image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the values of the masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} {word}, from {source}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose folder of {lower}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{image}  →  {mask}  ·  {pairs}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename them in the classes panel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{found} of {whole}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Published models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search by name, data set or paper</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Least mIoU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any architecture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any data set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear filters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It lists the published models.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any mIoU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up to {value} MB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No published model meets all filters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paper</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text}: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get {megabytes}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source>Images (*.jpg *.jpeg *.png *.tif *.tiff *.webp *.bmp *.gif);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models (*.pth *.pt *.onnx);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Videos ({names});;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Config of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lower</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names} panels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move to the left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move to the right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move below the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unfold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close panel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui/docks</name>
    <message>
        <source>Filter classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No classes yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the things you want to find, or take the class list of a model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{share} · {megapixels}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no classes yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show pixel counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied the classes as a table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pixels, colours, copy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing labelled yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not predicted yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No file that is {status} fits “{text}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No file fits “{text}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No file is {status}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter by name, class, size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear filter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No file found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No file fits all of the filters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{found} of {shown}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No images yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a folder, or drop images anywhere in this window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied the path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing done yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each stroke shows here. Click one to go back to it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it has said nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no job has ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied the list of jobs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log of {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear, log files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predictions, trainings and downloads show here, with their progress and log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the whole text on the clipboard.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be loaded yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Auto: as measured for the model here, else fp32, the most exact.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No models yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They come from a .pth file, a work_dir or the zoo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model loaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sample model is ready. Others come from a .pth file, a work_dir or the zoo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied the list of models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By name or state.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it comes with SegDesk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where models are computed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most useful regions first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most useful images first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ranking</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regions cost less of your time; images are labelled in whole.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is ranked yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Copied {n} entries</source>
        <extracomment>One: Copied {n} entry</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Whose second opinion is asked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ranking, {done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for what helps most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every image is predicted twice. You can work on meanwhile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is left in the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train again, load the new model, and rank anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The loaded model finds the places where a look helps it most.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with the mirrored image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No runs yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a model on your labels, or open the folder of a training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Their curves are read from their folders.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No other run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied the list of runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By name, state or architecture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not split</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>imported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{whole_percent} {word}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How far the labels of this image are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which part of the images it belongs to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shapes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open one to see what is known of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Made by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hand {whole_percent}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import {whole_percent}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model {whole_percent}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source>SegDesk was ended by a fault last time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A library that it uses failed, or the system had no memory left. What you painted was kept: it is there when you open the images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk was closed after an error last time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you painted was saved before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No split</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To 1,000 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To 4,000 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class present</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longer side, where known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sort</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By name, status, size or date; folders stay together.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open, split, import, export, next unlabelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict this folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} drafts</source>
        <extracomment>One: 1 draft</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>All</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlabelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draft</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {total} done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{review} to review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{left} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was turned upright, as the camera noted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As it was read</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui/item_models</name>
    <message>
        <source>Image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done earlier</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · low confidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title} {text_of}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predicting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} {share}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images of the batch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class {row}, {name}, {palette}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of class {row}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not named yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type a name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, {share}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words}, confidence {confidence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{word} {name} in the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Conf.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{verb} {name}. Alt+click shows it alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{verb} {name}. Painting leaves a locked class alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Double click to change the colour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click to see numbers of pixels instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draws the other classes again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Solo: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: {pixels} px, {share}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, mean confidence {confidence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>confidence {confidence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{decimal} million</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Input</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Licence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Metrics</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Held-out images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Origin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{decimal} GB to train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trained for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Missing ops</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Problem</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{checkpoint}, {megabytes}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{width} × {height}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{whole} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{hours} h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{hours} h {rest} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{decimal} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{minutes} min {rest} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>made by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>made by a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>made elsewhere, imported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>made by hand and by a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>made by {models}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>made by hand and by {models}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>split {split}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} files</source>
        <extracomment>One: 1 file</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>{name}, {files}, {state}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, {detail}{status}{failed}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {words} done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>edited now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, {status}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, not opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{days} days</source>
        <extracomment>One: 1 day</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seconds} h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Older steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>taken back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Becomes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{pixels} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text} of the pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in {files} files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>becomes {target_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {whole}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{rough_duration} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped · {kept}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done · {took}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Working</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept: {kept}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>after {took}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fold the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unload</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: {subtitle}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} {subtitle}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, {detail}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take it off the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the new class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{accessiblename}, last</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title}, {why}, {score}, in {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>opened mmseg work_dir</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>taken out of the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopped at {done}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waits to be started</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waits for this device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · place {place}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{day} {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{day} {month}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused at {done}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {total} · stopping</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} · {when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · can resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title}: {subtitle}&#10;{folder}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title}, {value}, {subtitle}, {score}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · in another process</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · {rough_duration} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>today</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title} {subtitle}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it alone on the picture; its pixels stay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let it be taken hold of on the picture again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>class {class_index}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{kind}, {size} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proposal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the library</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs compiled ops</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs a package</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compares models of one data set; each set has its own block.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Downloading{share}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{id}, {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>can be downloaded</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source> · {done:,} of {total:,}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} and {count} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · {fraction:.0%}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · {text}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Annotate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>● {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warnings and errors of this sitting are kept here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was said yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{message} {cause} {hint}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Diameter of the brush in pixels of the image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brush shape</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pen pressure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is filled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tolerance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How far a colour may differ from the clicked one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connected only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With shapes of the class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep shape</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width of the line in pixels of the image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Patch size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side of a patch in pixels of the image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compactness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Low follows colours, high makes even patches.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width of a scribble in pixels of the image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Over how many pixels the result is smoothed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Holes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Subtract</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Round brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Square brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prepare next {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Options bar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the batch, or predict one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What has no room.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} {value2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How strongly the classes cover the picture. Double click resets.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Overlay opacity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Contour alone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fill alone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Motion JPEG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{index} frames</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{when}, {short_duration}, {split} split, {pixels} labelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluated {day} {clock}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{rate} fps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluated</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluated {clock}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run folder  {folder}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output  {out_dir}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui/pages</name>
    <message>
        <source>Low confidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter by name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No image found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No image fits the filter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No batch yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict a folder, the project or a list of images at once, or look at what an earlier batch wrote.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the image in its folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What arrives in the folder is predicted, until you cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If it is stopped, it goes on from here: finished images are skipped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {rows} predicted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{decimal} images/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · {failed} failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{decimal} images/min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“Go on” predicts the rest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read from {out_dir}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try failed again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress of the batch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} predicted · waiting for more images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · the model is being loaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · stopping after the images at work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{ended} · {took}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{exact} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, {size}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path}&#10;Click to show it in its folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes of the image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open {count} as draft annotations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No image chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an image of the table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The image cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{looks} was not written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Per class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shares of the confusion matrix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is evaluated yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model and a split of labelled images. Every image is predicted and compared with its labels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confusion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>n/a: not in this split</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title} {text}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mean</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pixel accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mean accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Calibration error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Speed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>end to end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Figures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> to {other_name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{decimal} img/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure another model on the same images; the list says which is better.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One page with numbers and pictures, to keep or to send.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluating 0,000 of 0,000 images · mean IoU so far 00.0 · 00 min left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No labelled split</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add model to compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every model of the library is here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluating {counts} images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model that is measured.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The labelled images that it is measured on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{get}, {images}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mean IoU so far {decimal}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names} {decimal}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is labelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Acc {percent}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dice {percent}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{truth} predicted as {said}, {decimal}%</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, regions {counts}, {medians}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fg {percent}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rows: truth, in % of the pixels of that class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>columns: prediction, in % of the pixels taken for that class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rows: truth, columns: prediction, in pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{truth} {verb} {said}: {share}{unit}, {count} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{decimal} k</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confusion matrix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>predicted as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>recognized as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reliability</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images by mIoU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>confidence against accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plot below the classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bars: accuracy, off by {percent}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>line: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluate again to measure confidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{named}, {percent}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Worst images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Errors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sizes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Truth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Truth → prediction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of the class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>regions: true → predicted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Beside the evaluation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest errors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regions by class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models side by side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{truth} → {said}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>median {truth} → {said} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dashed: mean of the images, {decimal}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{poor} of {counts} images are below 50</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Truth kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model taken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Painted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{area} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count}{more} {regions} · {pixels}{more} px · largest first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>other classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regions of the confusion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for the regions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, {area} px, region {place} of {regions}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an error of the matrix to see where it is made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No region: these two classes are never taken for each other here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is recognized here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wrote the plots to {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No run to show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a model on your labels and watch it here, or open the folder of an earlier training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture was not written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} cannot be written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Iteration {done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from {word}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{images} images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waits until you start it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · stopping{after}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · {get}{kept}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · next validation in {left}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{decimal} it/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Extend</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict with best</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>trained by mmseg itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} {note}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress of the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Validation loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of {decimal}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waits until its device is free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · {before} before it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} · {lower}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> after this iteration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · {kept}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{rough_duration} so far</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{decimal} s/it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Extend, fine-tune, …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{iteration} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ready at {ready:%H:%M}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n} fixed images, after each validation</source>
        <extracomment>One: {n} fixed image, after each validation</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Validation images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Iteration of the validation images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{first}–{last} of {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Iteration {iteration}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: truth and {lower}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show one after another.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log of the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last 1,000 lines.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing said yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The memory ran out; the run goes on with less.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The memory ran out; the run went on with less.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking this machine…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This machine was not checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n} threads</source>
        <extracomment>One: {n} thread</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>No GPU found: models run on the processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PyTorch {torch}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models run on the processor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PyTorch found no GPU it can use. Predictions are the same, but a large model takes seconds for an image where a GPU takes a fraction of one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With an NVIDIA card: install its driver and the CUDA build of PyTorch, then check again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What this means</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: models run on the GPU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{dropped} dropped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No video yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a video, or drop one here, to play it with what a model says of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reconnecting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live  {fps} fps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict each frame that is shown; late frames are dropped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shares of the last minute</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shares</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is recorded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{clock}   {size}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>−{ago} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing predicted yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No picture for {silent_s:.0f} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Held</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, tried {count} times</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reconnecting{tried}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disconnected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class 0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{decimal} ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{decimal} of {decimal2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes and live prediction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes of the frame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frames per second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label images, train a model, let it label the rest, correct it. On this machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cleared the recent list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Removed {name} from recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk. {slogan}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A small trained model and twenty microscope pictures. Nothing to download.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open my images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder, files or a video. What is already labelled is found and read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open an mmseg work_dir</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See its curves, predict with its best checkpoint, go on training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{day} {month}{year}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{n:,} frames</source>
        <extracomment>One: {n} frame</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>today {local:%H:%M}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, {count_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove from recent</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source>{fitting:,} of {of}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:,} {noun}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{rows:,} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>first {rows}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{shown} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>commands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best matches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Also</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All commands</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui/plots</name>
    <message>
        <source>{name}  {decimal}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show another curve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What this plot shows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} {value_at}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss {value} at {iteration}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mIoU {value} at {iteration}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>IoU per class: {join}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seconds per iteration {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parts of the loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seconds per iteration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not in this split: {join}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} {decimal}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>IoU per class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not recorded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning rate {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory {value}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source>Then click a region. Shift+click does it with the hand, bucket and wand.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Then draw round regions. With hand, bucket and wand, Shift+drag.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lasso</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reject</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Less sure pixels are left out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept by lasso</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From confidence {confidence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from {confidence} on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{widest_count} regions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mean {confidence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{total} regions</source>
        <extracomment>One: 1 region</extracomment>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>mean {mean}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> – {value:.0f} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{before} → {after}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{worked} of {goal} reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{accept} accepts · {correct} corrects, {done} goes on · {skip} skips</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {goal} reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measuring what it was worth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the validation images: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mean IoU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>train again now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>then train again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What a stroke may replace.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The next start is as on the first day; kept {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is safe mode.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SegDesk runs with default settings and keys, and without the layout, the model and the engine of the last sitting. What you change in the settings is not kept; images and annotations are as always.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close it and start SegDesk as usual, or reset what it began with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not saved yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saving</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Annotations are written by themselves after each pause.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved {past} ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{key} is wanted by “{get}” and “{get2}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{key}” of {name} cannot be.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> And {more} more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was written anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The one before was no TOML. It is kept as {name}, beside it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take over by hand what you need of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some keys do not work.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose other keys for them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is on top</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is at the bottom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bring to the top</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up by one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Down by one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send to the bottom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show on the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide on the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No shapes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is drawn as polygon, rectangle, ellipse or polyline is here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Under the cursor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{width} × {height} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Status bar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>x {x} y {y}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>x {width} </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>y {height} </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>x {x}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>y {y}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading {model_name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{model_name} is ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>class {classes}00.00</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine is idle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>QLabel[role="{role}"] {{ color: {code}; }}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui/timeline</name>
    <message>
        <source>Ruler</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Marks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not predicted yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{clock}  frame {number:,}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>frame {number} of {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom of the time line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{speed:g} ×</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom the time line in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom the time line out</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source>Paints {painted}. {value} swaps it with {other}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step {number} of {stations}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tour: {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End the tour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>video thumbnails</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/gui/viewer</name>
    <message>
        <source>Escape ends it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>other class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scale of the confidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bright is unsure: from {heat_low:.1f} to {heat_high:.1f}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key of the errors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scale of the entropy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scale of the margin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>JPEG, PNG, TIFF, WebP, BMP, GIF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop images or a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop to open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class {index}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What a side shows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{side} side: {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose what this side shows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The whole picture, with the part in view.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split handle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag it, or press the left and right keys.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, {width} × {height} px</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/jobs</name>
    <message>
        <source>The prediction was not handed over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{parent} does not take {nbytes:,} bytes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some memory or disk space, then predict again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The frame was not handed over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No folder can be made for it: {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It ended with exit code {code}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It does not answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{exit_words} The window and your work are not affected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start it again; a smaller image or model helps if memory ran out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was ended by {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine did not start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run `segdesk doctor`; it says what is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job ended with an unexpected error.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The details say where it happened. Report them if it returns.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs, or use a smaller image or model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words}, {faster:.1f}×, {share:.2f} % equal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words}, the fastest already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CUDA graph</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>segdesk/library</name>
    <message>
        <source>{name} was not calibrated.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> {size_words} came and stay for the next try.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it does not answer: {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not downloaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size_words} of {size_words2} stay for the next try</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file_name} was not downloaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file there has changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its certificate is not trusted: {verify_message}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its name is not known: {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space, then download it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the network, then download it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it sends a web page instead of the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it sends the file in a form that was not asked for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it does not say how big the file is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file has {size_words}, at most {limit} are fetched</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the connection was lost: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it answers {code} {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} has {size_words} free, the file needs {size_words2}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file_name} has another checksum than its name says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name says {hash_prefix}, the file has {sha256}. Some published weights carry a wrong one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is kept. If it does not load, download it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} cannot be made: {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set SEGDESK_HOME to a folder that you may write to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it no longer has the rest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the connection ended at {size_words} of {size_words2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes unknown: name them first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs compiled mmcv ops</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not downloaded · {size_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model card was not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was written by a newer SegDesk (layout {schema}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the model and add its checkpoint again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} cannot be opened: {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model was not added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space, or set SEGDESK_HOME to another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It changed while it was being copied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait until the training has ended, then add it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} has {size_words} free, the checkpoint needs {size_words2}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space, then add it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the disk it lies on is still there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no model yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model {model_id!r}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The library has: {ids}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one of these, or give the path of a .pth or .onnx file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not {verb}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It came with SegDesk and belongs to the program's own files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the programs that use it, then remove it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a copy of its checkpoint under another name to change it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models that you added can be removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody has said what its classes are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove it, then add its checkpoint again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its checkpoint has {size:,} bytes; it had {size_bytes:,} when it was added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its config {config} is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name them: add it once more with `--classes FILE`, one name on each line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It needs compiled mmcv ops: {join}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install a build of onedl-mmcv with compiled ops; `segdesk doctor` says what is there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add it with the config it belongs to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its checkpoint {checkpoint} is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{named} classes are named, the model predicts {predicted}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give one name for each class, index 0 first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It predicts {num_classes} classes and names none of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name them: `--classes FILE`, one name on each line, index 0 first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another SegDesk is downloading it right now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait for it, or stop it there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>iteration {iteration}: validated, mIoU {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The run was not opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The runs were not listed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} holds neither {spec_file} nor */vis_data/scalars.json.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the work_dir of a training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a run folder, or a folder with runs in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} asks for something else than a training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} cannot be read: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its checkpoints can still be added as models.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The config was not opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model was not opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{config} is not a file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the .py file that was written when the model was trained.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} holds no checkpoint (*.pth).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder into which the training wrote its checkpoints.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a .pth or .onnx file, or the folder of a training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is empty: 0 bytes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy or download the checkpoint again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The classes were not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write one class name on each line, index 0 first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} has more than {max_classes_bytes:,} bytes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a text file with one class name on each line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} cannot be opened: {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the path.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is not text in UTF-8.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write one class name on each line and save it as UTF-8.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{scheme}://{host} is not https</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{url!r} is not a plain address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{url!r} is not an address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it redirects to a place that may not be asked: {fault}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the terms of the training images apply as well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no published model {zoo_id!r}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its address names an unknown server, {hostname}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another one: SegDesk fetches from known servers only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>`segdesk models zoo WORDS` searches them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not downloaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its config {name} is not in the installed package.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another one, or update onedl-mmsegmentation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close to it: {join}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In Collection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs onedl-mmdetection (the extra mask2former), which is not installed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs onedl-mmpretrain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install it: pip install 'segdesk[mask2former]', then pip install --no-deps 'onedl-mmdetection&gt;=3.5.1,&lt;3.6'</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install it: pip install onedl-mmpretrain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It estimates depth; SegDesk segments.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model zoo was not opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It needs {ops}, a compiled op of mmcv.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install a build of onedl-mmcv with compiled ops.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The index of published models comes with onedl-mmsegmentation, which is not installed whole.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install it again: pip install --force-reinstall onedl-mmsegmentation</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
