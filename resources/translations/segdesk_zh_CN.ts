<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>segdesk/app/annotate</name>
    <message>
        <source>Save again</source>
        <translation>再次保存</translation>
    </message>
    <message>
        <source>Your own version is kept in {copy}.</source>
        <translation>你自己的版本保留在 {copy}。</translation>
    </message>
    <message>
        <source>Keep mine</source>
        <translation>保留我的</translation>
    </message>
    <message>
        <source>Load the other</source>
        <translation>加载另一个</translation>
    </message>
    <message>
        <source>{cause} Your work is kept in memory and in the journal.</source>
        <translation>{cause}你的工作保留在内存和恢复日志中。</translation>
    </message>
    <message>
        <source>{name} was not saved.</source>
        <translation>{name} 没有保存。</translation>
    </message>
    <message>
        <source>What is there cannot be read: {reason}.</source>
        <translation>那里的内容无法读取：{reason}。</translation>
    </message>
    <message>
        <source>Check your rights, then save again.</source>
        <translation>请检查权限，然后再次保存。</translation>
    </message>
    <message>
        <source>There is nothing to undo</source>
        <translation>没有可撤销的操作</translation>
    </message>
    <message>
        <source>Classes are being changed</source>
        <translation>类别正在更改</translation>
    </message>
    <message>
        <source>There is nothing to redo</source>
        <translation>没有可重做的操作</translation>
    </message>
    <message>
        <source>Strokes are no longer journalled.</source>
        <translation>笔画不再写入恢复日志。</translation>
    </message>
    <message>
        <source>{folder} does not take them: {reason}. Your work is still in memory and is saved as before.</source>
        <translation>{folder} 无法写入：{reason}。你的工作仍在内存中，并照常保存。</translation>
    </message>
    <message>
        <source>Free some space there, then save.</source>
        <translation>请在那里腾出一些空间，然后保存。</translation>
    </message>
    <message>
        <source>class 0</source>
        <translation>类别 0</translation>
    </message>
    <message numerus="yes">
        <source>{n} changes</source>
        <extracomment>One: 1 change</extracomment>
        <translation><numerusform>{n} 处更改</numerusform></translation>
    </message>
    <message>
        <source>Nothing was painted.</source>
        <translation>没有绘制任何内容。</translation>
    </message>
    <message>
        <source>Nothing was begun.</source>
        <translation>没有开始任何操作。</translation>
    </message>
    <message>
        <source>{changes} of {name} recovered.</source>
        <translation>已恢复 {name} 的{changes}。</translation>
    </message>
    <message>
        <source>SegDesk ended before they were saved; they are in the annotation now.</source>
        <translation>SegDesk 在保存之前结束；现在它们已在标注中。</translation>
    </message>
    <message>
        <source>The project names no classes yet.</source>
        <translation>项目还没有命名任何类别。</translation>
    </message>
    <message>
        <source>Add a class in the classes panel, or load a model to take its classes.</source>
        <translation>请在类别面板添加类别，或加载模型以采用其类别。</translation>
    </message>
    <message>
        <source>Another job rewrites the annotations of this folder.</source>
        <translation>另一个任务正在改写该文件夹的标注。</translation>
    </message>
    <message>
        <source>Wait until it has ended; the jobs panel shows how far it is.</source>
        <translation>请等待它结束；任务面板显示进度。</translation>
    </message>
    <message>
        <source>{changes} of {name} were recovered into a copy.</source>
        <translation>{name} 的{changes}已恢复到一份副本中。</translation>
    </message>
    <message>
        <source>SegDesk ended before they were saved, and the annotation is another one by now. It was left alone; the copy is {written}.</source>
        <translation>SegDesk 在保存之前结束，而标注此后已变成另一份。标注未被改动；副本是 {written}。</translation>
    </message>
    <message>
        <source>Compare the two and keep the better one.</source>
        <translation>请比较两者并保留较好的一份。</translation>
    </message>
    <message>
        <source>{steps} changes of {name} were</source>
        <translation>{name} 的 {steps} 处更改</translation>
    </message>
    <message>
        <source>1 change of {name} was</source>
        <translation>{name} 的 1 处更改</translation>
    </message>
    <message>
        <source>{changes} not recovered yet.</source>
        <translation>{changes}尚未恢复。</translation>
    </message>
    <message>
        <source>{folder} is not there. They are safe in the journal.</source>
        <translation>{folder} 不存在。它们在恢复日志中是安全的。</translation>
    </message>
    <message>
        <source>Connect its disk and start SegDesk again.</source>
        <translation>请连接其磁盘并重新启动 SegDesk。</translation>
    </message>
    <message>
        <source>{title}: {changed_px:,} px of {name}</source>
        <translation>{title}：{name} 的 {changed_px:,} px</translation>
    </message>
    <message>
        <source>{title}: nothing to change in {name}</source>
        <translation>{title}：{name} 中没有可更改的内容</translation>
    </message>
    <message>
        <source>{pixels:,} px would change</source>
        <translation>将更改 {pixels:,} px</translation>
    </message>
    <message>
        <source>Nothing would change</source>
        <translation>不会有任何更改</translation>
    </message>
</context>
<context>
    <name>segdesk/app/batch</name>
    <message>
        <source>The batch was not gone on with.</source>
        <translation>批处理没有继续。</translation>
    </message>
    <message>
        <source>{model_id} is not the model any more that made these results.</source>
        <translation>{model_id} 已不是得出这些结果的那个模型。</translation>
    </message>
    <message>
        <source>Predict the images again, into another folder.</source>
        <translation>请把图像重新预测到另一个文件夹。</translation>
    </message>
    <message>
        <source>Every image is done</source>
        <translation>每张图像都已完成</translation>
    </message>
    <message>
        <source>The batch {name} is at work</source>
        <translation>批处理 {name} 正在进行</translation>
    </message>
    <message>
        <source>There is no batch</source>
        <translation>没有批处理</translation>
    </message>
    <message>
        <source>It is at work</source>
        <translation>它正在进行</translation>
    </message>
    <message>
        <source>Nothing tells how it was made: predict the folder again</source>
        <translation>没有记录说明它是如何得到的：请重新预测该文件夹</translation>
    </message>
    <message>
        <source>Batch {name}</source>
        <translation>批处理 {name}</translation>
    </message>
    <message>
        <source>Wrote {indices:,} rows to {name}</source>
        <translation>已把 {indices:,} 行写入 {name}</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>掩码</translation>
    </message>
    <message>
        <source>index PNG</source>
        <translation>索引 PNG</translation>
    </message>
    <message>
        <source>Colour mask</source>
        <translation>彩色掩码</translation>
    </message>
    <message>
        <source>Overlay</source>
        <translation>叠加图</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>并排图</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>置信度</translation>
    </message>
    <message>
        <source>16-bit PNG</source>
        <translation>16 位 PNG</translation>
    </message>
    <message>
        <source>Polygons</source>
        <translation>多边形</translation>
    </message>
    <message>
        <source>Measurements</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Drafts in project</source>
        <translation>项目中的草稿</translation>
    </message>
    <message>
        <source>no files</source>
        <translation>没有文件</translation>
    </message>
    <message numerus="yes">
        <source>{n:,} drafts</source>
        <extracomment>One: {n} draft</extracomment>
        <translation><numerusform>{n:,} 份草稿</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>{n:,} images</source>
        <extracomment>One: {n} image</extracomment>
        <translation><numerusform>{n:,} 张图像</numerusform></translation>
    </message>
    <message>
        <source>{item}: {cause}</source>
        <translation>{item}：{cause}</translation>
    </message>
    <message>
        <source> before you stopped it</source>
        <translation>（在你停止之前）</translation>
    </message>
    <message>
        <source>{written} made{stopped}.</source>
        <translation>已建立 {written}{stopped}。</translation>
    </message>
    <message>
        <source>Undo takes one back while its image is open.</source>
        <translation>图像打开时可用“撤销”撤回。</translation>
    </message>
    <message>
        <source>Drafts are being made</source>
        <translation>正在建立草稿</translation>
    </message>
    <message>
        <source>It writes no masks</source>
        <translation>它不写掩码</translation>
    </message>
    <message>
        <source>Make drafts</source>
        <translation>建立草稿</translation>
    </message>
    <message>
        <source>{kept} kept their own annotation.</source>
        <translation>{kept}保留了自己的标注。</translation>
    </message>
    <message>
        <source>The project has no class {names}{more}: left unlabelled.</source>
        <translation>项目中没有类别 {names}{more}：未标注。</translation>
    </message>
    <message>
        <source>None of these images is predicted yet</source>
        <translation>这些图像都还没有预测</translation>
    </message>
    <message>
        <source>Every one of these images has an annotation already</source>
        <translation>这些图像都已有标注</translation>
    </message>
    <message>
        <source>{message} {hint}</source>
        <translation>{message} {hint}</translation>
    </message>
    <message>
        <source>{item}: {error}</source>
        <translation>{item}：{error}</translation>
    </message>
    <message>
        <source>No draft of {item} was made.</source>
        <translation>没有为 {item} 建立草稿。</translation>
    </message>
    <message>
        <source>Its mask is {width:,} × {height:,} px, the image {width2:,} × {height2:,} px.</source>
        <translation>其掩码为 {width:,} × {height:,} px，图像为 {width2:,} × {height2:,} px。</translation>
    </message>
    <message>
        <source>Predict it again.</source>
        <translation>请重新预测它。</translation>
    </message>
    <message>
        <source>Draft by {model_id}</source>
        <translation>{model_id} 的草稿</translation>
    </message>
    <message>
        <source>No image was found.</source>
        <translation>没有找到图像。</translation>
    </message>
    <message>
        <source>{path} names none.</source>
        <translation>{path} 没有列出任何图像。</translation>
    </message>
    <message>
        <source>Choose another folder, or look into the folders below it, too.</source>
        <translation>请选择另一个文件夹，或同时查找其子文件夹。</translation>
    </message>
    <message>
        <source>The images are being listed</source>
        <translation>正在列出图像</translation>
    </message>
    <message>
        <source>The folder is being looked at</source>
        <translation>正在查看文件夹</translation>
    </message>
    <message>
        <source>The batch was not started.</source>
        <translation>批处理没有启动。</translation>
    </message>
    <message>
        <source>{words}.</source>
        <translation>{words}。</translation>
    </message>
    <message>
        <source>Its images are not listed yet.</source>
        <translation>其图像尚未列出。</translation>
    </message>
    <message>
        <source>Listed in the files panel: {listed:,}</source>
        <translation>文件面板中列出的：{listed:,}</translation>
    </message>
    <message>
        <source>This image: {name}</source>
        <translation>当前图像：{name}</translation>
    </message>
    <message>
        <source>The project: {name}</source>
        <translation>项目：{name}</translation>
    </message>
    <message>
        <source>Open: {name}</source>
        <translation>已打开：{name}</translation>
    </message>
    <message>
        <source>{name} is a file</source>
        <translation>{name} 是一个文件</translation>
    </message>
    <message>
        <source>{folder} cannot be written to</source>
        <translation>无法写入 {folder}</translation>
    </message>
    <message>
        <source>{name}_out {number}</source>
        <translation>{name}_out {number}</translation>
    </message>
    <message>
        <source>Choose the images first</source>
        <translation>请先选择图像</translation>
    </message>
    <message>
        <source>No model is ready: add one in the models panel</source>
        <translation>没有可用的模型：请在模型面板添加</translation>
    </message>
    <message>
        <source>Choose what is written</source>
        <translation>请选择写出什么</translation>
    </message>
    <message>
        <source>Drafts need an open project</source>
        <translation>草稿需要打开的项目</translation>
    </message>
    <message>
        <source>The folder holds results of {model}</source>
        <translation>该文件夹存有{model}的结果</translation>
    </message>
    <message>
        <source>The disk may have too little room</source>
        <translation>磁盘空间可能不足</translation>
    </message>
    <message>
        <source>Results go among the images</source>
        <translation>结果会写到图像之间</translation>
    </message>
    <message>
        <source>{name} was not opened.</source>
        <translation>{name} 没有打开。</translation>
    </message>
    <message>
        <source>It has no {summary_file}, or one without images.</source>
        <translation>其中没有 {summary_file}，或该文件不含图像。</translation>
    </message>
    <message>
        <source>Choose the folder that a batch wrote its results into.</source>
        <translation>请选择批处理写入结果的文件夹。</translation>
    </message>
    <message>
        <source>class {index}</source>
        <translation>类别 {index}</translation>
    </message>
    <message>
        <source>No mask was written, so there is no proposal</source>
        <translation>没有写出掩码，因此没有建议</translation>
    </message>
    <message>
        <source>{images} predicted, {there:,} there already</source>
        <translation>已预测{images}，{there:,} 张已存在</translation>
    </message>
    <message>
        <source>{name} stopped: {done:,} of {total:,} are kept</source>
        <translation>{name} 已停止：保留 {total:,} 张中的 {done:,} 张</translation>
    </message>
    <message>
        <source>{name}: {counted}.</source>
        <translation>{name}：{counted}。</translation>
    </message>
    <message>
        <source>{images} predicted</source>
        <translation>已预测{images}</translation>
    </message>
    <message numerus="yes">
        <source>{n:,} images there already</source>
        <extracomment>One: 1 image there already</extracomment>
        <translation><numerusform>{n:,} 张图像已存在</numerusform></translation>
    </message>
    <message>
        <source>{failed:,} failed; their rows say why.</source>
        <translation>{failed:,} 张失败；原因见各行。</translation>
    </message>
    <message>
        <source>Show batch</source>
        <translation>显示批处理</translation>
    </message>
    <message>
        <source>The results are in {out_dir}.</source>
        <translation>结果在 {out_dir} 中。</translation>
    </message>
    <message>
        <source>Open output folder</source>
        <translation>打开输出文件夹</translation>
    </message>
</context>
<context>
    <name>segdesk/app/catalog</name>
    <message>
        <source>All from confidence {at_least:.2f} on is accepted</source>
        <translation>置信度 {at_least:.2f} 以上的都已接受</translation>
    </message>
    <message>
        <source>The model does not know the selected class</source>
        <translation>模型不认识所选类别</translation>
    </message>
    <message>
        <source>Accept all</source>
        <translation>全部接受</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Take over all that is proposed. An open shape is closed first.</source>
        <translation>采纳所有建议；未闭合的形状会先闭合。</translation>
    </message>
    <message>
        <source>Accept class</source>
        <translation>接受该类别</translation>
    </message>
    <message>
        <source>Take over what is proposed for the selected class.</source>
        <translation>采纳所选类别的建议。</translation>
    </message>
    <message>
        <source>No batch is at work</source>
        <translation>没有正在进行的批处理</translation>
    </message>
    <message>
        <source>Folder of images</source>
        <translation>图像文件夹</translation>
    </message>
    <message>
        <source>Output folder of a batch</source>
        <translation>批处理的输出文件夹</translation>
    </message>
    <message>
        <source>CSV (*.csv)</source>
        <translation>CSV (*.csv)</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Go to the images of the batch at work, or of the last one.</source>
        <translation>转到正在进行或最近一次批处理的图像。</translation>
    </message>
    <message>
        <source>Predict a batch</source>
        <translation>批量预测</translation>
    </message>
    <message>
        <source>Predict a folder, the project or a list of images into files or drafts.</source>
        <translation>把文件夹、项目或图像列表预测为文件或草稿。</translation>
    </message>
    <message>
        <source>Predict a folder</source>
        <translation>预测文件夹</translation>
    </message>
    <message>
        <source>Choose a folder of images and predict all of them.</source>
        <translation>选择一个图像文件夹并预测其中所有图像。</translation>
    </message>
    <message>
        <source>Pause the batch, or go on</source>
        <translation>暂停或继续批处理</translation>
    </message>
    <message>
        <source>Let the batch wait after the images at work, or go on.</source>
        <translation>处理完当前图像后让批处理等待，或继续。</translation>
    </message>
    <message>
        <source>Cancel the batch</source>
        <translation>取消批处理</translation>
    </message>
    <message>
        <source>Stop the batch; what is predicted is kept, and it can go on later.</source>
        <translation>停止批处理；已预测的会保留，以后可以继续。</translation>
    </message>
    <message>
        <source>Go on with the batch</source>
        <translation>继续批处理</translation>
    </message>
    <message>
        <source>Predict what is not done, and try again what failed.</source>
        <translation>预测尚未完成的图像，并重试失败的图像。</translation>
    </message>
    <message>
        <source>Open batch results</source>
        <translation>打开批处理结果</translation>
    </message>
    <message>
        <source>Show the images of a batch that was written to a folder earlier.</source>
        <translation>显示以前写入某个文件夹的批处理图像。</translation>
    </message>
    <message>
        <source>Show what the batch wrote in the file manager.</source>
        <translation>在文件管理器中显示批处理写出的内容。</translation>
    </message>
    <message>
        <source>Export CSV</source>
        <translation>导出 CSV</translation>
    </message>
    <message>
        <source>Write the listed images of the batch into one table.</source>
        <translation>把批处理列出的图像写成一张表。</translation>
    </message>
    <message>
        <source>Open in the viewer</source>
        <translation>在查看器中打开</translation>
    </message>
    <message>
        <source>Show the chosen image of the batch with its proposal.</source>
        <translation>显示所选的批处理图像及其建议。</translation>
    </message>
    <message>
        <source>Open as draft annotations</source>
        <translation>作为草稿标注打开</translation>
    </message>
    <message>
        <source>Make drafts of the chosen images, or of all; annotations stay as they are.</source>
        <translation>为所选或全部图像建立草稿；已有标注保持不变。</translation>
    </message>
    <message>
        <source>Choose an image of the batch first</source>
        <translation>请先选择批处理中的一张图像</translation>
    </message>
    <message>
        <source>Predict a batch first.</source>
        <translation>请先进行批量预测。</translation>
    </message>
    <message>
        <source>{held} Their pixels become {other}.</source>
        <translation>{held}它们的像素将变为{other}。</translation>
    </message>
    <message numerus="yes">
        <source>{n:,} of {total:,} images hold {name}.</source>
        <extracomment>One: {n:,} of {total:,} images holds {name}.</extracomment>
        <translation><numerusform>{total:,} 张图像中有 {n:,} 张含有{name}。</numerusform></translation>
    </message>
    <message>
        <source>Delete {name}?</source>
        <translation>删除{name}？</translation>
    </message>
    <message>
        <source>Its pixels become</source>
        <translation>其像素变为</translation>
    </message>
    <message>
        <source>Delete class</source>
        <translation>删除类别</translation>
    </message>
    <message>
        <source>Merge {name} into {other}?</source>
        <translation>把{name}合并到{other}？</translation>
    </message>
    <message>
        <source>Merge classes</source>
        <translation>合并类别</translation>
    </message>
    <message>
        <source>Classes are being changed already</source>
        <translation>类别已在更改中</translation>
    </message>
    <message>
        <source>None of {total:,} images holds {name}.</source>
        <translation>{total:,} 张图像都不含{name}。</translation>
    </message>
    <message>
        <source>There are no classes yet</source>
        <translation>还没有类别</translation>
    </message>
    <message>
        <source>Select a class first</source>
        <translation>请先选择一个类别</translation>
    </message>
    <message>
        <source>Hide class</source>
        <translation>隐藏类别</translation>
    </message>
    <message>
        <source>Do not draw the selected class, or draw it again.</source>
        <translation>不再绘制所选类别，或重新绘制。</translation>
    </message>
    <message>
        <source>Show all classes</source>
        <translation>显示所有类别</translation>
    </message>
    <message>
        <source>Draw every class again.</source>
        <translation>重新绘制每个类别。</translation>
    </message>
    <message>
        <source>Add class</source>
        <translation>添加类别</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Name a new class. It gets the next free colour.</source>
        <translation>为新类别命名；它会得到下一个空闲颜色。</translation>
    </message>
    <message>
        <source>Rename class</source>
        <translation>重命名类别</translation>
    </message>
    <message>
        <source>Give the selected class another name.</source>
        <translation>给所选类别换一个名称。</translation>
    </message>
    <message>
        <source>Lock class</source>
        <translation>锁定类别</translation>
    </message>
    <message>
        <source>Painting neither adds to a locked class nor takes of it.</source>
        <translation>绘制时既不增加也不减少锁定的类别。</translation>
    </message>
    <message>
        <source>Drop the selected class from all annotations of the project.</source>
        <translation>从项目的所有标注中去掉所选类别。</translation>
    </message>
    <message>
        <source>Write colours into files</source>
        <translation>把颜色写入文件</translation>
    </message>
    <message>
        <source>Give all saved annotations the colours of the classes, for other programs.</source>
        <translation>让所有已保存的标注带上类别颜色，供其他程序使用。</translation>
    </message>
    <message>
        <source>Take class change back</source>
        <translation>撤回类别更改</translation>
    </message>
    <message>
        <source>Undo the last change of classes. What was painted since stays.</source>
        <translation>撤销最近一次类别更改；此后绘制的内容保留。</translation>
    </message>
    <message>
        <source>Predict the image first</source>
        <translation>请先预测该图像</translation>
    </message>
    <message>
        <source>Load a model first</source>
        <translation>请先加载模型</translation>
    </message>
    <message>
        <source>The model does not say how sure it is</source>
        <translation>模型没有给出置信度</translation>
    </message>
    <message>
        <source>Raise the least confidence first</source>
        <translation>请先提高最低置信度</translation>
    </message>
    <message>
        <source>Entropy</source>
        <translation>熵</translation>
    </message>
    <message>
        <source>Show where many classes are likely as a heat map: bright is unsure.</source>
        <translation>用热力图显示多个类别都有可能的地方：越亮越不确定。</translation>
    </message>
    <message>
        <source>Margin</source>
        <translation>间隔</translation>
    </message>
    <message>
        <source>Show how far the likeliest class leads as a heat map: bright is a tie.</source>
        <translation>用热力图显示最可能类别领先多少：越亮越接近平手。</translation>
    </message>
    <message>
        <source>Ignore the rest</source>
        <translation>其余设为忽略</translation>
    </message>
    <message>
        <source>Accepting makes less sure pixels ignored (255), else it leaves them.</source>
        <translation>接受时把不够确定的像素设为忽略（255），否则保持原样。</translation>
    </message>
    <message>
        <source>Copied the view as a picture</source>
        <translation>已把视图复制为图片</translation>
    </message>
    <message>
        <source>Choose a shape first</source>
        <translation>请先选择一个形状</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Take the last step back. A half-drawn shape loses its last point.</source>
        <translation>撤回上一步。未画完的形状会去掉最后一个点。</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Bring back the step that was taken back last.</source>
        <translation>恢复最近撤回的一步。</translation>
    </message>
    <message>
        <source>Delete shape</source>
        <translation>删除形状</translation>
    </message>
    <message>
        <source>Delete the chosen shape; its pixels become what lies below.</source>
        <translation>删除所选形状；其像素变为下层的内容。</translation>
    </message>
    <message>
        <source>Change class of shape</source>
        <translation>更改形状的类别</translation>
    </message>
    <message>
        <source>Give the chosen shape the class that is painted.</source>
        <translation>把当前绘制类别赋给所选形状。</translation>
    </message>
    <message>
        <source>Copy view as picture</source>
        <translation>把视图复制为图片</translation>
    </message>
    <message>
        <source>Put what the viewer shows on the clipboard.</source>
        <translation>把查看器中的内容放到剪贴板。</translation>
    </message>
    <message>
        <source>Open a project with labelled images first</source>
        <translation>请先打开含已标注图像的项目</translation>
    </message>
    <message>
        <source>No evaluation runs</source>
        <translation>没有正在进行的评估</translation>
    </message>
    <message>
        <source>Evaluate a model first</source>
        <translation>请先评估一个模型</translation>
    </message>
    <message>
        <source>Choose an error of the confusion matrix first</source>
        <translation>请先在混淆矩阵中选择一种错误</translation>
    </message>
    <message>
        <source>This folder is read-only</source>
        <translation>此文件夹为只读</translation>
    </message>
    <message>
        <source>Evaluate layout</source>
        <translation>评估布局</translation>
    </message>
    <message>
        <source>Measure models on labelled images, and correct what they get wrong.</source>
        <translation>在已标注图像上评测模型，并改正其错误。</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Predict every image of the split and compare it with its labels.</source>
        <translation>预测该划分中的每张图像并与其标注比较。</translation>
    </message>
    <message>
        <source>Stop evaluation</source>
        <translation>停止评估</translation>
    </message>
    <message>
        <source>Stop measuring; what was measured so far is dropped.</source>
        <translation>停止评测；已评测的部分将丢弃。</translation>
    </message>
    <message>
        <source>Calibrate</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>Make the confidence as high as the model is often right. Labels stay.</source>
        <translation>让置信度与模型实际正确的比例相符。标签不变。</translation>
    </message>
    <message>
        <source>Open report</source>
        <translation>打开报告</translation>
    </message>
    <message>
        <source>Write one page with numbers and pictures, and open it in the browser.</source>
        <translation>生成一页含数字和图片的报告，并在浏览器中打开。</translation>
    </message>
    <message>
        <source>Show evaluation folder</source>
        <translation>显示评估文件夹</translation>
    </message>
    <message>
        <source>Show the report, the predicted masks and the sizes of all regions as files.</source>
        <translation>以文件形式显示报告、预测掩码和所有区域的大小。</translation>
    </message>
    <message>
        <source>Accept truth</source>
        <translation>接受真值</translation>
    </message>
    <message>
        <source>The labels are right, the model is wrong. Go on to the next region.</source>
        <translation>标注是对的，模型错了。转到下一个区域。</translation>
    </message>
    <message>
        <source>Accept model</source>
        <translation>接受模型</translation>
    </message>
    <message>
        <source>The model is right: its class goes into the labels. Undo takes it back.</source>
        <translation>模型是对的：其类别写入标注，可以撤销。</translation>
    </message>
    <message>
        <source>Paint</source>
        <translation>绘制</translation>
    </message>
    <message>
        <source>Neither is right: open the region with the brush in hand.</source>
        <translation>两者都不对：拿着画笔打开该区域。</translation>
    </message>
    <message>
        <source>Next region</source>
        <translation>下一个区域</translation>
    </message>
    <message>
        <source>Go to the next region that nobody has decided.</source>
        <translation>转到下一个尚未判定的区域。</translation>
    </message>
    <message>
        <source>Open in viewer</source>
        <translation>在查看器中打开</translation>
    </message>
    <message>
        <source>Show the region in its image, with what the model said.</source>
        <translation>在图像中显示该区域以及模型的结果。</translation>
    </message>
    <message>
        <source>Explain</source>
        <translation>解释</translation>
    </message>
    <message>
        <source>See where the loaded model looks when it says a class, at a pixel or all.</source>
        <translation>查看所加载模型判定某个类别时看的是哪里，可对一个像素或整张图。</translation>
    </message>
    <message>
        <source>Open images first</source>
        <translation>请先打开图像</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Nothing is being read</source>
        <translation>没有正在读取的内容</translation>
    </message>
    <message>
        <source>The folder is being read</source>
        <translation>正在读取文件夹</translation>
    </message>
    <message>
        <source>Labels are being imported</source>
        <translation>正在导入标注</translation>
    </message>
    <message>
        <source>This is the last image</source>
        <translation>这是最后一张图像</translation>
    </message>
    <message>
        <source>This is the first image</source>
        <translation>这是第一张图像</translation>
    </message>
    <message>
        <source>Open files</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Choose one image or several. One image opens the folder round it.</source>
        <translation>选择一张或多张图像；选一张时会打开其所在文件夹。</translation>
    </message>
    <message>
        <source>Open every image in a folder and the folders inside it.</source>
        <translation>打开一个文件夹及其子文件夹中的所有图像。</translation>
    </message>
    <message>
        <source>Open images with masks</source>
        <translation>打开带掩码的图像</translation>
    </message>
    <message>
        <source>Say where images and masks lie; they become a project in place.</source>
        <translation>指定图像和掩码的位置；它们就地成为一个项目。</translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation>试用示例</translation>
    </message>
    <message>
        <source>Open the sample pictures with the model that comes with SegDesk.</source>
        <translation>用 SegDesk 自带的模型打开示例图片。</translation>
    </message>
    <message>
        <source>Next image</source>
        <translation>下一张图像</translation>
    </message>
    <message>
        <source>Show the next image of the list.</source>
        <translation>显示列表中的下一张图像。</translation>
    </message>
    <message>
        <source>Previous image</source>
        <translation>上一张图像</translation>
    </message>
    <message>
        <source>Show the previous image of the list.</source>
        <translation>显示列表中的上一张图像。</translation>
    </message>
    <message>
        <source>Next unlabelled image</source>
        <translation>下一张未标注图像</translation>
    </message>
    <message>
        <source>Show the next image that has no annotation yet.</source>
        <translation>显示下一张还没有标注的图像。</translation>
    </message>
    <message>
        <source>Previous unlabelled image</source>
        <translation>上一张未标注图像</translation>
    </message>
    <message>
        <source>Show the image before this one that has no annotation yet.</source>
        <translation>显示前面一张还没有标注的图像。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Write the annotation now. It is written by itself after each pause.</source>
        <translation>立即写入标注。每次停顿后也会自动写入。</translation>
    </message>
    <message>
        <source>Done, next image</source>
        <translation>完成，下一张</translation>
    </message>
    <message>
        <source>Mark the image as done and show the next one.</source>
        <translation>把图像标记为完成并显示下一张。</translation>
    </message>
    <message>
        <source>Needs review</source>
        <translation>待复核</translation>
    </message>
    <message>
        <source>Mark the image as one that somebody should look at again.</source>
        <translation>把图像标记为需要有人再看一遍。</translation>
    </message>
    <message>
        <source>Import labels</source>
        <translation>导入标注</translation>
    </message>
    <message>
        <source>Bring annotations of another program to these images.</source>
        <translation>把其他程序的标注带到这些图像上。</translation>
    </message>
    <message>
        <source>Export labels</source>
        <translation>导出标注</translation>
    </message>
    <message>
        <source>Write the annotations for training, or for another program.</source>
        <translation>写出标注，用于训练或其他程序。</translation>
    </message>
    <message>
        <source>Filter files</source>
        <translation>筛选文件</translation>
    </message>
    <message>
        <source>Show only files whose name holds some text.</source>
        <translation>只显示名称含有某段文字的文件。</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Open the folder that holds the image.</source>
        <translation>打开存放该图像的文件夹。</translation>
    </message>
    <message>
        <source>Stop reading</source>
        <translation>停止读取</translation>
    </message>
    <message>
        <source>Leave the image that is being read. The one on screen stays.</source>
        <translation>放弃正在读取的图像；屏幕上的图像保留。</translation>
    </message>
    <message>
        <source>Close images</source>
        <translation>关闭图像</translation>
    </message>
    <message>
        <source>Close all open images. Nothing on disk changes.</source>
        <translation>关闭所有打开的图像。磁盘上的内容不变。</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Close SegDesk.</source>
        <translation>关闭 SegDesk。</translation>
    </message>
    <message>
        <source>All is saved</source>
        <translation>全部已保存</translation>
    </message>
    <message>
        <source>Every other image has an annotation</source>
        <translation>其他图像都已有标注</translation>
    </message>
    <message>
        <source>Search commands</source>
        <translation>搜索命令</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Find any command, file or class by its name.</source>
        <translation>按名称查找任何命令、文件或类别。</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Show every command with its keys, and change them.</source>
        <translation>显示每个命令的快捷键，并可更改。</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Show what runs, how far it is, and its log.</source>
        <translation>显示正在运行的任务、进度和日志。</translation>
    </message>
    <message>
        <source>Welcome page</source>
        <translation>欢迎页</translation>
    </message>
    <message>
        <source>Show the first page with recent folders.</source>
        <translation>显示带有最近文件夹的首页。</translation>
    </message>
    <message>
        <source>Show log files</source>
        <translation>显示日志文件</translation>
    </message>
    <message>
        <source>Open the folder of SegDesk's log files.</source>
        <translation>打开存放 SegDesk 日志文件的文件夹。</translation>
    </message>
    <message>
        <source>About SegDesk</source>
        <translation>关于 SegDesk</translation>
    </message>
    <message>
        <source>Show version, licences and folders.</source>
        <translation>显示版本、许可证和文件夹。</translation>
    </message>
    <message>
        <source>Sort by name</source>
        <translation>按名称排序</translation>
    </message>
    <message>
        <source>Numbers in names count as numbers.</source>
        <translation>名称中的数字按数值排序。</translation>
    </message>
    <message>
        <source>Sort by status</source>
        <translation>按状态排序</translation>
    </message>
    <message>
        <source>Unlabelled first, then drafts, done, needs review.</source>
        <translation>未标注在前，然后是草稿、完成、待复核。</translation>
    </message>
    <message>
        <source>Sort by size</source>
        <translation>按大小排序</translation>
    </message>
    <message>
        <source>The largest files first.</source>
        <translation>最大的文件在前。</translation>
    </message>
    <message>
        <source>Sort by date</source>
        <translation>按日期排序</translation>
    </message>
    <message>
        <source>The files that were changed last come first.</source>
        <translation>最近更改的文件在前。</translation>
    </message>
    <message>
        <source>Ten images on</source>
        <translation>向后十张</translation>
    </message>
    <message>
        <source>Leap ten images forward, or to the last one.</source>
        <translation>向后跳十张图像，或到最后一张。</translation>
    </message>
    <message>
        <source>Ten images back</source>
        <translation>向前十张</translation>
    </message>
    <message>
        <source>Leap ten images back, or to the first one.</source>
        <translation>向前跳十张图像，或到第一张。</translation>
    </message>
    <message>
        <source>Show filters</source>
        <translation>显示筛选</translation>
    </message>
    <message>
        <source>Filter the files by class, split and size.</source>
        <translation>按类别、划分和大小筛选文件。</translation>
    </message>
    <message>
        <source>Files as a grid</source>
        <translation>文件以网格显示</translation>
    </message>
    <message>
        <source>Show the files as larger thumbnails beside each other.</source>
        <translation>把文件显示为并排的较大缩略图。</translation>
    </message>
    <message>
        <source>Split images</source>
        <translation>划分图像</translation>
    </message>
    <message>
        <source>Divide the images into training, validation and test.</source>
        <translation>把图像分为训练集、验证集和测试集。</translation>
    </message>
    <message>
        <source>Open an image first</source>
        <translation>请先打开一张图像</translation>
    </message>
    <message>
        <source>The model is still loading</source>
        <translation>模型仍在加载</translation>
    </message>
    <message>
        <source>Images are being prepared</source>
        <translation>正在预备图像</translation>
    </message>
    <message>
        <source>There is no proposal here</source>
        <translation>这里没有建议</translation>
    </message>
    <message>
        <source>Open work_dir</source>
        <translation>打开 work_dir</translation>
    </message>
    <message>
        <source>Predict</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>Let the loaded model label this image.</source>
        <translation>让所加载的模型标注这张图像。</translation>
    </message>
    <message>
        <source>Prepare next images</source>
        <translation>预备后续图像</translation>
    </message>
    <message>
        <source>Run the loaded model ahead, so that the next images open with proposals.</source>
        <translation>让所加载的模型提前运行，使后续图像打开时就带有建议。</translation>
    </message>
    <message>
        <source>Prepare a number of images</source>
        <translation>预备若干张图像</translation>
    </message>
    <message>
        <source>Choose how many images the model runs ahead on, then run it.</source>
        <translation>选择模型提前运行多少张图像，然后运行。</translation>
    </message>
    <message>
        <source>Flip and scale (slower)</source>
        <translation>翻转与缩放（较慢）</translation>
    </message>
    <message>
        <source>Predict each image mirrored and at three sizes too, and take the mean.</source>
        <translation>每张图像还以镜像和三种尺寸预测，并取平均。</translation>
    </message>
    <message>
        <source>Predict large images in windows</source>
        <translation>大图像按窗口预测</translation>
    </message>
    <message>
        <source>From 64 megapixels on, show the network a window after the other.</source>
        <translation>从 6400 万像素起，让网络一个窗口接一个窗口地看。</translation>
    </message>
    <message>
        <source>Reject proposal</source>
        <translation>拒绝建议</translation>
    </message>
    <message>
        <source>Drop what the model proposes for this image, until you predict it again.</source>
        <translation>丢弃模型对该图像的建议，直到再次预测。</translation>
    </message>
    <message>
        <source>Load a model</source>
        <translation>加载模型</translation>
    </message>
    <message>
        <source>Choose a model from the list of models.</source>
        <translation>从模型列表中选择一个模型。</translation>
    </message>
    <message>
        <source>Unload model</source>
        <translation>卸载模型</translation>
    </message>
    <message>
        <source>Free the memory that the model takes.</source>
        <translation>释放模型占用的内存。</translation>
    </message>
    <message>
        <source>Add model file</source>
        <translation>添加模型文件</translation>
    </message>
    <message>
        <source>Add a .pth checkpoint or an .onnx file to the list of models.</source>
        <translation>把 .pth 检查点或 .onnx 文件添加到模型列表。</translation>
    </message>
    <message>
        <source>Add the best checkpoint of an mmseg work_dir, and list its run.</source>
        <translation>添加 mmseg work_dir 中最好的检查点，并列出该次运行。</translation>
    </message>
    <message>
        <source>Model zoo</source>
        <translation>Model Zoo</translation>
    </message>
    <message>
        <source>Look through the published MMSegmentation models.</source>
        <translation>浏览已发布的 MMSegmentation 模型。</translation>
    </message>
    <message>
        <source>Model card</source>
        <translation>模型卡</translation>
    </message>
    <message>
        <source>Show classes, metrics, origin and licence of the loaded model.</source>
        <translation>显示所加载模型的类别、指标、来源和许可证。</translation>
    </message>
    <message>
        <source>Export model</source>
        <translation>导出模型</translation>
    </message>
    <message>
        <source>Write the loaded model as an ONNX file that runs without SegDesk.</source>
        <translation>把所加载的模型写成无需 SegDesk 即可运行的 ONNX 文件。</translation>
    </message>
    <message>
        <source>Remove model</source>
        <translation>移除模型</translation>
    </message>
    <message>
        <source>Delete the loaded model's files from the library.</source>
        <translation>从模型库中删除所加载模型的文件。</translation>
    </message>
    <message>
        <source>Restart the engine</source>
        <translation>重启引擎</translation>
    </message>
    <message>
        <source>Load the model anew in a fresh engine process.</source>
        <translation>在全新的引擎进程中重新加载模型。</translation>
    </message>
    <message>
        <source>Promptable models</source>
        <translation>可提示模型</translation>
    </message>
    <message>
        <source>Choose the model behind the prompt tool, and see which files fit.</source>
        <translation>选择提示工具背后的模型，并查看适用的文件。</translation>
    </message>
    <message>
        <source>Add a class or load a model first</source>
        <translation>请先添加类别或加载模型</translation>
    </message>
    <message>
        <source>The annotation is being read</source>
        <translation>正在读取标注</translation>
    </message>
    <message>
        <source>No image is being ranked</source>
        <translation>没有正在排序的图像</translation>
    </message>
    <message>
        <source>The review queue is empty</source>
        <translation>复核队列为空</translation>
    </message>
    <message>
        <source>Rank the images with a model first</source>
        <translation>请先用模型对图像排序</translation>
    </message>
    <message>
        <source>The model that ranked them is not in the library any more</source>
        <translation>当时用于排序的模型已不在模型库中</translation>
    </message>
    <message>
        <source>Review queue</source>
        <translation>复核队列</translation>
    </message>
    <message>
        <source>Show what is worth a look, the most useful first.</source>
        <translation>显示值得一看的内容，最有用的在前。</translation>
    </message>
    <message>
        <source>Rank unlabelled images</source>
        <translation>对未标注图像排序</translation>
    </message>
    <message>
        <source>Find out with the loaded model where a look tells most.</source>
        <translation>用所加载的模型找出看哪里收获最大。</translation>
    </message>
    <message>
        <source>Stop ranking</source>
        <translation>停止排序</translation>
    </message>
    <message>
        <source>Stop measuring; what is measured by then is ranked.</source>
        <translation>停止测量；此前已测量的会参与排序。</translation>
    </message>
    <message>
        <source>Next in the queue</source>
        <translation>队列中的下一项</translation>
    </message>
    <message>
        <source>Show the next entry of the review queue.</source>
        <translation>显示复核队列的下一项。</translation>
    </message>
    <message>
        <source>Previous in the queue</source>
        <translation>队列中的上一项</translation>
    </message>
    <message>
        <source>Show the entry of the review queue before this one.</source>
        <translation>显示复核队列的前一项。</translation>
    </message>
    <message>
        <source>Accept and go on</source>
        <translation>接受并继续</translation>
    </message>
    <message>
        <source>Take over what is proposed for this entry. Enter does it, too.</source>
        <translation>采纳该项的建议。按 Enter 也可以。</translation>
    </message>
    <message>
        <source>Correct this entry</source>
        <translation>修正该项</translation>
    </message>
    <message>
        <source>Take the proposal over and paint; Q goes on.</source>
        <translation>采纳建议并绘制；按 Q 继续。</translation>
    </message>
    <message>
        <source>Corrected, go on</source>
        <translation>已修正，继续</translation>
    </message>
    <message>
        <source>Keep the labels as they are now and go on. Q does it, too.</source>
        <translation>保留现在的标注并继续。按 Q 也可以。</translation>
    </message>
    <message>
        <source>Skip this entry</source>
        <translation>跳过该项</translation>
    </message>
    <message>
        <source>Leave this entry as it is and go on. D does it, too.</source>
        <translation>让该项保持原样并继续。按 D 也可以。</translation>
    </message>
    <message>
        <source>Leave the queue</source>
        <translation>离开队列</translation>
    </message>
    <message>
        <source>Let Enter, Q and D mean what they do elsewhere.</source>
        <translation>让 Enter、Q 和 D 恢复平常的含义。</translation>
    </message>
    <message>
        <source>Train again</source>
        <translation>再次训练</translation>
    </message>
    <message>
        <source>Train on from this model with what was labelled, and measure the gain.</source>
        <translation>用新标注的内容从该模型继续训练，并测量提升。</translation>
    </message>
    <message>
        <source>No training was prepared.</source>
        <translation>没有准备训练。</translation>
    </message>
    <message>
        <source>The model that ranked the images is gone.</source>
        <translation>用于对图像排序的模型已不存在。</translation>
    </message>
    <message>
        <source>Load a model and rank them anew.</source>
        <translation>请加载模型并重新排序。</translation>
    </message>
    <message>
        <source>Choose a run first</source>
        <translation>请先选择一次运行</translation>
    </message>
    <message>
        <source>Train layout</source>
        <translation>训练布局</translation>
    </message>
    <message>
        <source>Watch trainings, and look at those of the past.</source>
        <translation>观看训练过程，查看以往的训练。</translation>
    </message>
    <message>
        <source>It runs in another process</source>
        <translation>它在另一个进程中运行</translation>
    </message>
    <message>
        <source>It is not running</source>
        <translation>它没有在运行</translation>
    </message>
    <message>
        <source>It is not in the queue</source>
        <translation>它不在队列中</translation>
    </message>
    <message>
        <source>It starts by itself once its device is free</source>
        <translation>设备空闲后它会自动开始</translation>
    </message>
    <message>
        <source>It is the next already</source>
        <translation>它已经是下一个</translation>
    </message>
    <message>
        <source>It is the last already</source>
        <translation>它已经是最后一个</translation>
    </message>
    <message>
        <source>It has no checkpoint yet</source>
        <translation>它还没有检查点</translation>
    </message>
    <message>
        <source>It was trained by mmseg itself</source>
        <translation>它由 mmseg 自身训练</translation>
    </message>
    <message>
        <source>It came to its end: extend it</source>
        <translation>它已到终点：请延长</translation>
    </message>
    <message>
        <source>It left no checkpoint</source>
        <translation>它没有留下检查点</translation>
    </message>
    <message>
        <source>It has no curves yet</source>
        <translation>它还没有曲线</translation>
    </message>
    <message>
        <source>Stop it first</source>
        <translation>请先停止它</translation>
    </message>
    <message>
        <source>Run folder, or an mmseg work_dir</source>
        <translation>运行文件夹或 mmseg work_dir</translation>
    </message>
    <message>
        <source>Extend run</source>
        <translation>延长运行</translation>
    </message>
    <message>
        <source>The schedule goes on to the new length.</source>
        <translation>学习率调度会延续到新的长度。</translation>
    </message>
    <message>
        <source>New length</source>
        <translation>新长度</translation>
    </message>
    <message>
        <source>There is no other run with curves</source>
        <translation>没有其他带曲线的运行</translation>
    </message>
    <message>
        <source>Wrote the curves to {name}</source>
        <translation>曲线已写入 {name}</translation>
    </message>
    <message>
        <source>PNG (*.png)</source>
        <translation>PNG (*.png)</translation>
    </message>
    <message>
        <source>Pause or go on</source>
        <translation>暂停或继续</translation>
    </message>
    <message>
        <source>Let this run wait after its iteration, or go on.</source>
        <translation>让该运行在本次迭代后等待，或继续。</translation>
    </message>
    <message>
        <source>Stop run</source>
        <translation>停止运行</translation>
    </message>
    <message>
        <source>Stop this run after its iteration; a checkpoint is kept.</source>
        <translation>在本次迭代后停止；会保留检查点。</translation>
    </message>
    <message>
        <source>Start waiting run</source>
        <translation>启动等待中的运行</translation>
    </message>
    <message>
        <source>Start a run of an earlier queue as soon as its device is free.</source>
        <translation>设备一空闲就启动以前队列中的运行。</translation>
    </message>
    <message>
        <source>Move up in the queue</source>
        <translation>在队列中上移</translation>
    </message>
    <message>
        <source>Let this run have its device before the one above it.</source>
        <translation>让该运行先于上面的运行使用设备。</translation>
    </message>
    <message>
        <source>Move down in the queue</source>
        <translation>在队列中下移</translation>
    </message>
    <message>
        <source>Let the run below this one have its device first.</source>
        <translation>让下面的运行先使用设备。</translation>
    </message>
    <message>
        <source>Resume run</source>
        <translation>恢复运行</translation>
    </message>
    <message>
        <source>Go on from the last checkpoint of this run.</source>
        <translation>从该运行的最后一个检查点继续。</translation>
    </message>
    <message>
        <source>Train this run on to a greater length; its schedule goes on.</source>
        <translation>把该运行训练到更大的长度；学习率调度随之延续。</translation>
    </message>
    <message>
        <source>Open run folder</source>
        <translation>打开运行文件夹</translation>
    </message>
    <message>
        <source>Show the curves of a run folder or of an mmseg work_dir.</source>
        <translation>显示运行文件夹或 mmseg work_dir 的曲线。</translation>
    </message>
    <message>
        <source>Use the best of this run</source>
        <translation>使用该运行的最佳权重</translation>
    </message>
    <message>
        <source>Load the best weights of this run and predict the open image.</source>
        <translation>加载该运行的最佳权重并预测打开的图像。</translation>
    </message>
    <message>
        <source>Fine-tune from it</source>
        <translation>由此微调</translation>
    </message>
    <message>
        <source>Start another training from the best weights of this run.</source>
        <translation>从该运行的最佳权重开始另一次训练。</translation>
    </message>
    <message>
        <source>Compare with next run</source>
        <translation>与下一个运行比较</translation>
    </message>
    <message>
        <source>Show another run's curves dashed beside this one's.</source>
        <translation>把另一个运行的曲线以虚线显示在旁边。</translation>
    </message>
    <message>
        <source>Show run folder</source>
        <translation>显示运行文件夹</translation>
    </message>
    <message>
        <source>Show the checkpoints and logs of this run in the file manager.</source>
        <translation>在文件管理器中显示该运行的检查点和日志。</translation>
    </message>
    <message>
        <source>Export curves as CSV</source>
        <translation>导出曲线为 CSV</translation>
    </message>
    <message>
        <source>Write every curve of this run into one table.</source>
        <translation>把该运行的所有曲线写成一张表。</translation>
    </message>
    <message>
        <source>Export curves as PNG</source>
        <translation>导出曲线为 PNG</translation>
    </message>
    <message>
        <source>Write a picture of the four plots.</source>
        <translation>把四幅曲线图写成一张图片。</translation>
    </message>
    <message>
        <source>Take off the list</source>
        <translation>从列表中移除</translation>
    </message>
    <message>
        <source>Show this run no longer; its folder stays.</source>
        <translation>不再显示该运行；其文件夹保留。</translation>
    </message>
    <message>
        <source>No run is chosen.</source>
        <translation>没有选择运行。</translation>
    </message>
    <message>
        <source>Folder with images and masks</source>
        <translation>含图像和掩码的文件夹</translation>
    </message>
    <message>
        <source>Choose one in the list of runs.</source>
        <translation>请在运行列表中选择一个。</translation>
    </message>
    <message numerus="yes">
        <source>Make drafts of {n} images?</source>
        <extracomment>One: Make a draft of {n} image?</extracomment>
        <translation><numerusform>为 {n} 张图像建立草稿？</numerusform></translation>
    </message>
    <message>
        <source>What the scribbles of this image say of colours and edges labels the images of the list that have no annotation. Nothing that exists is changed.</source>
        <translation>这张图像的涂抹所反映的颜色与边缘，将用来标注列表中还没有标注的图像。已有内容不会改变。</translation>
    </message>
    <message>
        <source>There are no scribbles here</source>
        <translation>这里没有涂抹</translation>
    </message>
    <message>
        <source>Result follows scribbles</source>
        <translation>结果随涂抹更新</translation>
    </message>
    <message>
        <source>What the scribbles mean for the whole image is shown while you draw.</source>
        <translation>绘制时即显示涂抹对整张图像意味着什么。</translation>
    </message>
    <message>
        <source>Scribbles use the model</source>
        <translation>涂抹利用模型</translation>
    </message>
    <message>
        <source>Scribbles also learn from what the loaded model sees, not colours alone.</source>
        <translation>涂抹不只从颜色学习，也从所加载模型看到的特征学习。</translation>
    </message>
    <message>
        <source>Work out scribbles</source>
        <translation>计算涂抹结果</translation>
    </message>
    <message>
        <source>Propose labels for the whole image from its scribbles, now.</source>
        <translation>立即根据涂抹为整张图像给出建议。</translation>
    </message>
    <message>
        <source>Apply scribbles to other images</source>
        <translation>把涂抹应用到其他图像</translation>
    </message>
    <message>
        <source>Make drafts of the listed images without annotation, by these scribbles.</source>
        <translation>根据这些涂抹为列表中没有标注的图像建立草稿。</translation>
    </message>
    <message>
        <source>Clear scribbles</source>
        <translation>清除涂抹</translation>
    </message>
    <message>
        <source>Take all scribbles of this image away. Undo brings them back.</source>
        <translation>去掉这张图像的所有涂抹；可以撤销。</translation>
    </message>
    <message>
        <source>Keys (*.toml)</source>
        <translation>快捷键 (*.toml)</translation>
    </message>
    <message>
        <source>All settings are as SegDesk came</source>
        <translation>所有设置已恢复为 SegDesk 的默认值</translation>
    </message>
    <message>
        <source>Import keys</source>
        <translation>导入快捷键</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Change how SegDesk looks and works.</source>
        <translation>更改 SegDesk 的外观和行为。</translation>
    </message>
    <message>
        <source>Reset all settings</source>
        <translation>重置所有设置</translation>
    </message>
    <message>
        <source>Go back to the settings and keys that SegDesk came with.</source>
        <translation>恢复 SegDesk 自带的设置和快捷键。</translation>
    </message>
    <message>
        <source>Take the keys of a file that was exported before.</source>
        <translation>使用以前导出的文件中的快捷键。</translation>
    </message>
    <message>
        <source>Export keys</source>
        <translation>导出快捷键</translation>
    </message>
    <message>
        <source>Write preset and own keys into a file to hand on.</source>
        <translation>把预设和自定义快捷键写入文件以便分享。</translation>
    </message>
    <message>
        <source>Wrote {name}</source>
        <translation>已写入 {name}</translation>
    </message>
    <message>
        <source>Took the keys of {name}.</source>
        <translation>已采用 {name} 的快捷键。</translation>
    </message>
    <message>
        <source>Paint over: {rule}</source>
        <translation>绘制范围：{rule}</translation>
    </message>
    <message>
        <source>Paint class {place}</source>
        <translation>绘制类别 {place}</translation>
    </message>
    <message>
        <source>Select the class with this number for painting.</source>
        <translation>选择该编号的类别进行绘制。</translation>
    </message>
    <message>
        <source>Smaller brush</source>
        <translation>缩小画笔</translation>
    </message>
    <message>
        <source>Make the brush or line smaller. Ctrl+wheel over the picture does it too.</source>
        <translation>缩小画笔或线条。在图片上按 Ctrl+滚轮也可以。</translation>
    </message>
    <message>
        <source>Larger brush</source>
        <translation>放大画笔</translation>
    </message>
    <message>
        <source>Make the brush or line larger. Ctrl+wheel over the picture does it too.</source>
        <translation>放大画笔或线条。在图片上按 Ctrl+滚轮也可以。</translation>
    </message>
    <message>
        <source>Smaller brush by 1 px</source>
        <translation>画笔缩小 1 px</translation>
    </message>
    <message>
        <source>Make the brush or line one pixel smaller.</source>
        <translation>让画笔或线条缩小一个像素。</translation>
    </message>
    <message>
        <source>Larger brush by 1 px</source>
        <translation>画笔放大 1 px</translation>
    </message>
    <message>
        <source>Make the brush or line one pixel larger.</source>
        <translation>让画笔或线条放大一个像素。</translation>
    </message>
    <message>
        <source>Round or square brush</source>
        <translation>圆形或方形画笔</translation>
    </message>
    <message>
        <source>Switch between a round and a square brush.</source>
        <translation>在圆形和方形画笔之间切换。</translation>
    </message>
    <message>
        <source>Fill closed stroke</source>
        <translation>填充闭合笔画</translation>
    </message>
    <message>
        <source>A stroke that comes back to where it began fills what it goes round.</source>
        <translation>回到起点的笔画会填充其围住的部分。</translation>
    </message>
    <message>
        <source>Pen pressure sizes</source>
        <translation>笔压决定大小</translation>
    </message>
    <message>
        <source>A pen that presses less paints a smaller brush.</source>
        <translation>压得越轻，画笔越小。</translation>
    </message>
    <message>
        <source>Connected pixels only</source>
        <translation>仅相连像素</translation>
    </message>
    <message>
        <source>The magic wand keeps to what is connected to the click.</source>
        <translation>魔棒只选取与点击处相连的部分。</translation>
    </message>
    <message>
        <source>Keep shapes editable</source>
        <translation>保持形状可编辑</translation>
    </message>
    <message>
        <source>Drawn shapes keep their vertices and can be changed later.</source>
        <translation>画出的形状保留顶点，以后可以更改。</translation>
    </message>
    <message>
        <source>Change paint rule</source>
        <translation>更改绘制规则</translation>
    </message>
    <message>
        <source>Paint over all but locked classes, only unlabelled, or one class alone.</source>
        <translation>绘制除锁定类别以外的一切、仅未标注处，或仅某一类别。</translation>
    </message>
    <message>
        <source>Swap with background</source>
        <translation>与背景交换</translation>
    </message>
    <message>
        <source>Paint the other class of the two swatches.</source>
        <translation>绘制两个色块中的另一个类别。</translation>
    </message>
    <message>
        <source>Paint ignore</source>
        <translation>绘制忽略</translation>
    </message>
    <message>
        <source>Paint 255: pixels that training and metrics leave out.</source>
        <translation>绘制 255：训练和指标不计入的像素。</translation>
    </message>
    <message>
        <source>All but locked</source>
        <translation>除锁定以外</translation>
    </message>
    <message>
        <source>Only unlabelled</source>
        <translation>仅未标注</translation>
    </message>
    <message>
        <source>Only class</source>
        <translation>仅此类别</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>一切</translation>
    </message>
    <message>
        <source>There are {classes} classes</source>
        <translation>共有 {classes} 个类别</translation>
    </message>
    <message>
        <source>Open the sample first</source>
        <translation>请先打开示例</translation>
    </message>
    <message>
        <source>No model was trained on this tour yet</source>
        <translation>本次导览还没有训练模型</translation>
    </message>
    <message>
        <source>Take the tour</source>
        <translation>开始导览</translation>
    </message>
    <message>
        <source>Go once round the loop on the sample: label, train, predict, correct.</source>
        <translation>在示例上走一遍流程：标注、训练、预测、修正。</translation>
    </message>
    <message>
        <source>Train on the sample</source>
        <translation>在示例上训练</translation>
    </message>
    <message>
        <source>Open the form of a short training on what the tour has labelled.</source>
        <translation>打开一次短训练的表单，使用导览中标注的内容。</translation>
    </message>
    <message>
        <source>Load your model</source>
        <translation>加载你的模型</translation>
    </message>
    <message>
        <source>Load the model that was trained on the tour, and predict with it.</source>
        <translation>加载导览中训练的模型，并用它预测。</translation>
    </message>
    <message>
        <source>No training runs</source>
        <translation>没有正在进行的训练</translation>
    </message>
    <message>
        <source>No training is paused</source>
        <translation>没有暂停的训练</translation>
    </message>
    <message>
        <source>Train a model</source>
        <translation>训练模型</translation>
    </message>
    <message>
        <source>Check the data, choose an architecture, and train it here.</source>
        <translation>检查数据，选择架构，就在这里训练。</translation>
    </message>
    <message>
        <source>Pause training</source>
        <translation>暂停训练</translation>
    </message>
    <message>
        <source>Let the training wait after its iteration; its memory stays taken.</source>
        <translation>让训练在本次迭代后等待；内存仍被占用。</translation>
    </message>
    <message>
        <source>Go on training</source>
        <translation>继续训练</translation>
    </message>
    <message>
        <source>Let the paused training go on.</source>
        <translation>让暂停的训练继续。</translation>
    </message>
    <message>
        <source>Stop training</source>
        <translation>停止训练</translation>
    </message>
    <message>
        <source>Stop the training after its iteration; a checkpoint is kept.</source>
        <translation>在本次迭代后停止训练；会保留检查点。</translation>
    </message>
    <message>
        <source>Show the video first</source>
        <translation>请先显示视频</translation>
    </message>
    <message>
        <source>The range is the whole video</source>
        <translation>范围已是整个视频</translation>
    </message>
    <message>
        <source>Open a camera or a stream first</source>
        <translation>请先打开摄像头或视频流</translation>
    </message>
    <message>
        <source>The connection is not broken</source>
        <translation>连接没有中断</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>Open video</source>
        <translation>打开视频</translation>
    </message>
    <message>
        <source>Choose a video; it is played, stepped through and predicted frame by frame.</source>
        <translation>选择一个视频；可以播放、逐帧查看并逐帧预测。</translation>
    </message>
    <message>
        <source>Open camera or stream</source>
        <translation>打开摄像头或视频流</translation>
    </message>
    <message>
        <source>Show a camera of this machine, or a stream of the network.</source>
        <translation>显示本机摄像头或网络视频流。</translation>
    </message>
    <message>
        <source>Show video</source>
        <translation>显示视频</translation>
    </message>
    <message>
        <source>Go to the video that is open.</source>
        <translation>转到打开的视频。</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>播放或暂停</translation>
    </message>
    <message>
        <source>Play the video, or stay at this frame. Space does the same.</source>
        <translation>播放视频，或停在这一帧。按空格也可以。</translation>
    </message>
    <message>
        <source>Previous frame</source>
        <translation>上一帧</translation>
    </message>
    <message>
        <source>Go one frame back.</source>
        <translation>后退一帧。</translation>
    </message>
    <message>
        <source>Next frame</source>
        <translation>下一帧</translation>
    </message>
    <message>
        <source>Go one frame on.</source>
        <translation>前进一帧。</translation>
    </message>
    <message>
        <source>Go to the beginning</source>
        <translation>转到开头</translation>
    </message>
    <message>
        <source>Go to the range's start.</source>
        <translation>转到范围的起点。</translation>
    </message>
    <message>
        <source>Go to the end</source>
        <translation>转到结尾</translation>
    </message>
    <message>
        <source>Go to the range's end.</source>
        <translation>转到范围的终点。</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>循环</translation>
    </message>
    <message>
        <source>Begin again at the end of the range.</source>
        <translation>到范围终点后重新开始。</translation>
    </message>
    <message>
        <source>Mark in</source>
        <translation>设置入点</translation>
    </message>
    <message>
        <source>Let the range begin at this frame.</source>
        <translation>让范围从这一帧开始。</translation>
    </message>
    <message>
        <source>Mark out</source>
        <translation>设置出点</translation>
    </message>
    <message>
        <source>Let the range end at this frame.</source>
        <translation>让范围到这一帧结束。</translation>
    </message>
    <message>
        <source>Clear in and out</source>
        <translation>清除入点和出点</translation>
    </message>
    <message>
        <source>Let the range be the whole video again.</source>
        <translation>让范围恢复为整个视频。</translation>
    </message>
    <message>
        <source>Predict while playing</source>
        <translation>播放时预测</translation>
    </message>
    <message>
        <source>Predict each frame that is shown; frames that come too late are dropped.</source>
        <translation>预测显示的每一帧；来不及的帧会跳过。</translation>
    </message>
    <message>
        <source>Annotate this frame</source>
        <translation>标注这一帧</translation>
    </message>
    <message>
        <source>Open the frame as an image of a project. A stroke on a still frame does so.</source>
        <translation>把该帧作为项目图像打开。在静止帧上画一笔也会如此。</translation>
    </message>
    <message>
        <source>Frames go to</source>
        <translation>帧的存放位置</translation>
    </message>
    <message>
        <source>Choose the folder in which frames of this video become images.</source>
        <translation>选择该视频的帧成为图像时存放的文件夹。</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>录制</translation>
    </message>
    <message>
        <source>Write what is live into a film, or end it.</source>
        <translation>把实时画面写成影片，或结束录制。</translation>
    </message>
    <message>
        <source>Connect now</source>
        <translation>立即连接</translation>
    </message>
    <message>
        <source>Connect to the camera or the stream again, without waiting.</source>
        <translation>不再等待，重新连接摄像头或视频流。</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>断开连接</translation>
    </message>
    <message>
        <source>Let the camera or the stream go.</source>
        <translation>断开摄像头或视频流。</translation>
    </message>
    <message>
        <source>Copy to next frame</source>
        <translation>复制到下一帧</translation>
    </message>
    <message>
        <source>Carry the labels along the movement to the next frame, as a proposal.</source>
        <translation>沿着运动把标注带到下一帧，作为建议。</translation>
    </message>
    <message>
        <source>Export video</source>
        <translation>导出视频</translation>
    </message>
    <message>
        <source>Write a film or frames with the classes that the model sees.</source>
        <translation>写出带有模型所见类别的影片或帧。</translation>
    </message>
    <message>
        <source>The image has three bands of 8 bits</source>
        <translation>该图像有三个 8 位波段</translation>
    </message>
    <message>
        <source>Fit to window</source>
        <translation>适合窗口</translation>
    </message>
    <message>
        <source>Show the whole image.</source>
        <translation>显示整张图像。</translation>
    </message>
    <message>
        <source>Actual size</source>
        <translation>实际大小</translation>
    </message>
    <message>
        <source>Show one image pixel as one screen pixel.</source>
        <translation>一个图像像素显示为一个屏幕像素。</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Look closer. The wheel zooms at the cursor.</source>
        <translation>看得更近。滚轮以光标为中心缩放。</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>See more. The wheel zooms at the cursor.</source>
        <translation>看得更多。滚轮以光标为中心缩放。</translation>
    </message>
    <message>
        <source>Show overlay</source>
        <translation>显示叠加层</translation>
    </message>
    <message>
        <source>Switch the coloured overlay on or off. Hold H to hide it for a moment.</source>
        <translation>打开或关闭彩色叠加层。按住 H 可暂时隐藏。</translation>
    </message>
    <message>
        <source>Contour mode</source>
        <translation>轮廓模式</translation>
    </message>
    <message>
        <source>Switch between fill with contour, contour alone and fill alone.</source>
        <translation>在填充加轮廓、仅轮廓和仅填充之间切换。</translation>
    </message>
    <message>
        <source>Less opacity</source>
        <translation>降低不透明度</translation>
    </message>
    <message>
        <source>Show more of the picture under the overlay.</source>
        <translation>让叠加层下的图片更清楚。</translation>
    </message>
    <message>
        <source>More opacity</source>
        <translation>提高不透明度</translation>
    </message>
    <message>
        <source>Show more of the overlay over the picture.</source>
        <translation>让图片上的叠加层更清楚。</translation>
    </message>
    <message>
        <source>Show how sure the model is as a heat map: bright is unsure.</source>
        <translation>用热力图显示模型的把握：越亮越不确定。</translation>
    </message>
    <message>
        <source>Solo class</source>
        <translation>单独显示类别</translation>
    </message>
    <message>
        <source>Show only the selected class and dim the rest of the picture.</source>
        <translation>只显示所选类别，图片其余部分变暗。</translation>
    </message>
    <message>
        <source>Sort classes by share</source>
        <translation>按占比排列类别</translation>
    </message>
    <message>
        <source>List the classes by the share of pixels that they cover.</source>
        <translation>按所覆盖像素的占比列出类别。</translation>
    </message>
    <message>
        <source>One view</source>
        <translation>单视图</translation>
    </message>
    <message>
        <source>Show one picture.</source>
        <translation>显示一幅图片。</translation>
    </message>
    <message>
        <source>Split view</source>
        <translation>拆分视图</translation>
    </message>
    <message>
        <source>Show image and overlay on two sides of a handle that can be moved.</source>
        <translation>在可移动的分界两侧显示图像和叠加层。</translation>
    </message>
    <message>
        <source>Linked views</source>
        <translation>联动视图</translation>
    </message>
    <message>
        <source>Show two views side by side that move together.</source>
        <translation>并排显示两个一起移动的视图。</translation>
    </message>
    <message>
        <source>Bands and stretch…</source>
        <translation>波段与拉伸…</translation>
    </message>
    <message>
        <source>Choose the bands of an image and how wide numbers become 0–255.</source>
        <translation>选择图像的波段，以及宽范围数值如何变为 0–255。</translation>
    </message>
    <message>
        <source>Pixel grid</source>
        <translation>像素网格</translation>
    </message>
    <message>
        <source>Show lines between pixels from 800% on.</source>
        <translation>从 800% 起显示像素之间的线。</translation>
    </message>
    <message>
        <source>Navigator</source>
        <translation>导航图</translation>
    </message>
    <message>
        <source>Show a small map of the image while it is zoomed in.</source>
        <translation>图像放大时显示一张小地图。</translation>
    </message>
    <message>
        <source>Annotate layout</source>
        <translation>标注布局</translation>
    </message>
    <message>
        <source>Show tools, history and classes round the picture.</source>
        <translation>在图片周围显示工具、历史和类别。</translation>
    </message>
    <message>
        <source>Review layout</source>
        <translation>复核布局</translation>
    </message>
    <message>
        <source>Show models and what they propose.</source>
        <translation>显示模型及其建议。</translation>
    </message>
    <message>
        <source>Hide panels</source>
        <translation>隐藏面板</translation>
    </message>
    <message>
        <source>Give the whole window to the picture, or bring the panels back.</source>
        <translation>把整个窗口留给图片，或重新显示面板。</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Use the whole screen, or go back to the window.</source>
        <translation>使用整个屏幕，或回到窗口。</translation>
    </message>
    <message>
        <source>Theme of the system</source>
        <translation>跟随系统主题</translation>
    </message>
    <message>
        <source>Follow the system's light or dark theme.</source>
        <translation>跟随系统的浅色或深色主题。</translation>
    </message>
    <message>
        <source>Dark theme</source>
        <translation>深色主题</translation>
    </message>
    <message>
        <source>Use the dark theme.</source>
        <translation>使用深色主题。</translation>
    </message>
    <message>
        <source>Light theme</source>
        <translation>浅色主题</translation>
    </message>
    <message>
        <source>Use the light theme.</source>
        <translation>使用浅色主题。</translation>
    </message>
</context>
<context>
    <name>segdesk/app/classes</name>
    <message>
        <source>{names} to {name}</source>
        <translation>{names}改为{name}</translation>
    </message>
    <message>
        <source>Recolour class</source>
        <translation>更改类别颜色</translation>
    </message>
    <message>
        <source>This image has pixels of {detail}</source>
        <translation>这张图像含有{detail}的像素</translation>
    </message>
    <message>
        <source>“{name}” was not added.</source>
        <translation>“{name}”没有添加。</translation>
    </message>
    <message>
        <source>Use safe colours</source>
        <translation>使用安全色</translation>
    </message>
    <message>
        <source>The class was not named.</source>
        <translation>类别没有命名。</translation>
    </message>
    <message>
        <source>There are {max_classes} classes, as many as a label map holds.</source>
        <translation>已有 {max_classes} 个类别，达到标签图的上限。</translation>
    </message>
    <message>
        <source>Merge classes that mean the same.</source>
        <translation>请合并含义相同的类别。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>请选择其他名称。</translation>
    </message>
    <message>
        <source>The classes were changed in another way since, as by an import</source>
        <translation>类别此后以其他方式更改过，例如导入</translation>
    </message>
    <message numerus="yes">
        <source>{n:,} images have</source>
        <extracomment>One: 1 image has</extracomment>
        <translation><numerusform>{n:,} 张图像含有</numerusform></translation>
    </message>
    <message>
        <source>{images} pixels of {detail}; delete the class instead</source>
        <translation>{images}{detail}的像素；请改为删除该类别</translation>
    </message>
    <message>
        <source>{title}: {detail}</source>
        <translation>{title}：{detail}</translation>
    </message>
    <message>
        <source>“{step}” was not taken back.</source>
        <translation>“{step}”没有撤回。</translation>
    </message>
    <message>
        <source>No class was changed</source>
        <translation>没有更改过类别</translation>
    </message>
    <message>
        <source>Change the classes in the classes panel.</source>
        <translation>请在类别面板中更改类别。</translation>
    </message>
    <message>
        <source>Look for classes</source>
        <translation>查找类别</translation>
    </message>
    <message numerus="yes">
        <source>{n} classes</source>
        <extracomment>One: 1 class</extracomment>
        <translation><numerusform>{n} 个类别</numerusform></translation>
    </message>
    <message>
        <source>The list names {classes}; the model predicts {classes2}.</source>
        <translation>列表有 {classes} 个名称；模型预测 {classes2} 个。</translation>
    </message>
    <message>
        <source>{num_classes} of {num_classes2} named.</source>
        <translation>已命名 {num_classes2} 个中的 {num_classes} 个。</translation>
    </message>
    <message>
        <source>A class needs a name.</source>
        <translation>类别需要名称。</translation>
    </message>
    <message>
        <source>The name is longer than {max_name} letters.</source>
        <translation>名称超过 {max_name} 个字符。</translation>
    </message>
    <message>
        <source>The name of class {index} is longer than {max_name} letters.</source>
        <translation>类别 {index} 的名称超过 {max_name} 个字符。</translation>
    </message>
    <message>
        <source>Classes {seen} and {index} are both called “{name}”.</source>
        <translation>类别 {seen} 和 {index} 都叫“{name}”。</translation>
    </message>
    <message>
        <source>There is a class “{other}” already.</source>
        <translation>已有类别“{other}”。</translation>
    </message>
    <message>
        <source>{paths} annotations keep their old class indices.</source>
        <translation>{paths} 份标注保留旧的类别编号。</translation>
    </message>
    <message>
        <source>They cannot be read: {some}.</source>
        <translation>它们无法读取：{some}。</translation>
    </message>
    <message>
        <source>Restore them from a copy, or draw them anew.</source>
        <translation>请从副本恢复，或重新绘制。</translation>
    </message>
    <message>
        <source>{paths} annotations were not taken back.</source>
        <translation>{paths} 份标注没有撤回。</translation>
    </message>
    <message>
        <source>They were changed since: {some}.</source>
        <translation>它们此后被更改过：{some}。</translation>
    </message>
    <message>
        <source>Check their classes.</source>
        <translation>请检查其类别。</translation>
    </message>
    <message>
        <source>Nothing is written into {name} for now.</source>
        <translation>暂时不向 {name} 写入任何内容。</translation>
    </message>
    <message>
        <source>A change of classes was taken back.</source>
        <translation>一次类别更改已被撤回。</translation>
    </message>
    <message>
        <source>It was not finished. All annotations are as they were.</source>
        <translation>它没有完成。所有标注都恢复原样。</translation>
    </message>
    <message>
        <source>Change the classes again.</source>
        <translation>请重新更改类别。</translation>
    </message>
    <message>
        <source>{named} and {more} more</source>
        <translation>{named} 及另外 {more} 个</translation>
    </message>
    <message>
        <source>A change of classes failed half-way: some annotations have the new class indices, others the old. They were not put back: {cause} Copies of all of them are safe.</source>
        <translation>类别更改中途失败：一部分标注使用新的类别编号，其余使用旧的。它们没有恢复：{cause}所有标注的副本都是安全的。</translation>
    </message>
    <message>
        <source>{hint} Then choose Put back.</source>
        <translation>{hint}然后选择“恢复原样”。</translation>
    </message>
    <message>
        <source>{title}: done.</source>
        <translation>{title}：完成。</translation>
    </message>
    <message>
        <source>{title}: taken back.</source>
        <translation>{title}：已撤回。</translation>
    </message>
    <message>
        <source>Undo: {title}</source>
        <translation>撤销：{title}</translation>
    </message>
    <message>
        <source>The change of classes was not taken back.</source>
        <translation>类别更改没有撤回。</translation>
    </message>
    <message>
        <source>Its copies of the annotations, in {backup}, are gone.</source>
        <translation>它在 {backup} 中的标注副本已不存在。</translation>
    </message>
    <message>
        <source>Restore them, or change the classes in the classes panel.</source>
        <translation>请恢复它们，或在类别面板中更改类别。</translation>
    </message>
</context>
<context>
    <name>segdesk/app</name>
    <message>
        <source>{title}: {why}</source>
        <translation>{title}：{why}</translation>
    </message>
    <message>
        <source>“{title}” ended with an unexpected error.</source>
        <translation>“{title}”因意外错误而结束。</translation>
    </message>
    <message>
        <source>{name}: {error}. Your work is not affected.</source>
        <translation>{name}：{error}。你的工作不受影响。</translation>
    </message>
    <message>
        <source>The details say where it happened.</source>
        <translation>详细信息说明发生在哪里。</translation>
    </message>
</context>
<context>
    <name>segdesk/app/evaluation</name>
    <message>
        <source>A calibration runs</source>
        <translation>正在校准</translation>
    </message>
    <message>
        <source>Choose images that it was not trained on: val or test</source>
        <translation>请选择没有用于训练它的图像：val 或 test</translation>
    </message>
    <message>
        <source>Calibrate {name}</source>
        <translation>校准 {name}</translation>
    </message>
    <message>
        <source>{name} is calibrated.</source>
        <translation>{name} 已校准。</translation>
    </message>
    <message>
        <source>Its confidence was off by {before:.1f} %, now by {after:.1f} %, measured on images that the temperature was not fitted on. Labels stay as they are.</source>
        <translation>其置信度的偏差原为 {before:.1f} %，现为 {after:.1f} %，在没有用于拟合温度的图像上测得。标签保持不变。</translation>
    </message>
    <message>
        <source>{name} stays as it is.</source>
        <translation>{name} 保持不变。</translation>
    </message>
    <message>
        <source>No temperature makes its confidence better: it is off by {error:.1f} %.</source>
        <translation>没有温度能改善其置信度：偏差为 {error:.1f} %。</translation>
    </message>
    <message>
        <source>Evaluate again</source>
        <translation>重新评估</translation>
    </message>
    <message>
        <source>{words}: {changed_px:,} px of {name}</source>
        <translation>{words}：{name} 的 {changed_px:,} px</translation>
    </message>
    <message>
        <source>{words}: no pixel would change there</source>
        <translation>{words}：那里没有像素会改变</translation>
    </message>
    <message>
        <source>Other steps came after it: use Undo</source>
        <translation>此后还有其他步骤：请使用撤销</translation>
    </message>
    <message>
        <source>An evaluation runs</source>
        <translation>正在进行评估</translation>
    </message>
    <message>
        <source>Add a model first</source>
        <translation>请先添加模型</translation>
    </message>
    <message>
        <source>Evaluate {name}</source>
        <translation>评估 {name}</translation>
    </message>
    <message numerus="yes">
        <source>{n} images were</source>
        <extracomment>One: 1 image was</extracomment>
        <translation><numerusform>{n} 张图像</numerusform></translation>
    </message>
    <message>
        <source>{images} not measured; the job's log says why</source>
        <translation>{images}没有评测；原因见任务日志</translation>
    </message>
    <message>
        <source>The project has no class for what the model says</source>
        <translation>项目中没有与模型结果对应的类别</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Dice</source>
        <translation>Dice</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精确率</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>召回率</translation>
    </message>
</context>
<context>
    <name>segdesk/app/exchange</name>
    <message>
        <source>Nothing was exported.</source>
        <translation>没有导出任何内容。</translation>
    </message>
    <message>
        <source>The project names no classes.</source>
        <translation>项目没有命名任何类别。</translation>
    </message>
    <message>
        <source>Name them in the classes panel.</source>
        <translation>请在类别面板中为其命名。</translation>
    </message>
    <message>
        <source>{name} was not exported.</source>
        <translation>{name} 没有导出。</translation>
    </message>
    <message>
        <source>It has no annotation any more.</source>
        <translation>它已没有标注。</translation>
    </message>
    <message>
        <source>Open the folder again to see which images have one.</source>
        <translation>请重新打开文件夹，查看哪些图像有标注。</translation>
    </message>
    <message>
        <source>{count} exported{stopped}.</source>
        <translation>已导出{count}{stopped}。</translation>
    </message>
    <message>
        <source>The images are not divided yet: one in five becomes validation.</source>
        <translation>图像尚未划分：五分之一将作为验证集。</translation>
    </message>
    <message>
        <source>{named}: training needs images in train and in val.</source>
        <translation>{named}：训练需要 train 和 val 中都有图像。</translation>
    </message>
    <message>
        <source>No folder is open.</source>
        <translation>没有打开文件夹。</translation>
    </message>
    <message>
        <source>No image is labelled so far.</source>
        <translation>还没有图像被标注。</translation>
    </message>
    <message>
        <source>Choose a folder.</source>
        <translation>请选择文件夹。</translation>
    </message>
    <message>
        <source>This folder is part of the project. Choose one outside of it.</source>
        <translation>该文件夹属于项目。请选择项目之外的文件夹。</translation>
    </message>
    <message>
        <source>Export {name}</source>
        <translation>导出 {name}</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>显示文件夹</translation>
    </message>
    <message>
        <source>{more} more were not exported.</source>
        <translation>另有 {more} 张没有导出。</translation>
    </message>
    <message>
        <source>They are in {folder}.</source>
        <translation>它们在 {folder} 中。</translation>
    </message>
    <message>
        <source>The row of the job lists all of them.</source>
        <translation>任务的那一行列出全部。</translation>
    </message>
    <message>
        <source>{name} {count}</source>
        <translation>{name} {count}</translation>
    </message>
    <message>
        <source>This folder holds files already. Choose an empty or a new one.</source>
        <translation>该文件夹已有文件。请选择空的或新的文件夹。</translation>
    </message>
    <message>
        <source>This folder cannot be looked into: {reason}.</source>
        <translation>无法查看该文件夹：{reason}。</translation>
    </message>
    <message>
        <source>{written:,} images written</source>
        <translation>已写出 {written:,} 张图像</translation>
    </message>
    <message>
        <source>The labels were not imported.</source>
        <translation>标注没有导入。</translation>
    </message>
    <message>
        <source>The project would have {names} classes; a label map holds 1 to {max_classes}.</source>
        <translation>项目将有 {names} 个类别；标签图可容纳 1 到 {max_classes} 个。</translation>
    </message>
    <message>
        <source>Let several of them become one class, or ignore some.</source>
        <translation>请让其中几个合为一个类别，或忽略一些。</translation>
    </message>
    <message>
        <source>Nothing was read yet.</source>
        <translation>还没有读取任何内容。</translation>
    </message>
    <message>
        <source>None of these files belongs to an image of the project.</source>
        <translation>这些文件都不属于项目中的图像。</translation>
    </message>
    <message numerus="yes">
        <source>{n} classes to choose.</source>
        <extracomment>One: {n} class to choose.</extracomment>
        <translation><numerusform>还有 {n} 个类别要选择。</numerusform></translation>
    </message>
    <message>
        <source>All these images have an annotation already.</source>
        <translation>所有这些图像都已有标注。</translation>
    </message>
    <message>
        <source>Import {name}</source>
        <translation>导入 {name}</translation>
    </message>
    <message>
        <source>masks without an image</source>
        <translation>没有图像的掩码</translation>
    </message>
    <message numerus="yes">
        <source>{n:,} files</source>
        <extracomment>One: {n} file</extracomment>
        <translation><numerusform>{n:,} 个文件</numerusform></translation>
    </message>
    <message>
        <source>{sources} both become {name}.</source>
        <translation>{sources} 都变为 {name}。</translation>
    </message>
    <message>
        <source>{count} of them become {name}: {sources}.</source>
        <translation>其中 {count} 个变为 {name}：{sources}。</translation>
    </message>
    <message>
        <source>{count} without an image in the project: {names}.</source>
        <translation>{count}在项目中没有图像：{names}。</translation>
    </message>
    <message>
        <source>{count} left out, several fit one image: {names}.</source>
        <translation>{count}被略过，有多个对应同一图像：{names}。</translation>
    </message>
    <message>
        <source>{count} with an annotation already: left as they are.</source>
        <translation>{count}已有标注：保持原样。</translation>
    </message>
    <message>
        <source>{count} cannot be read: {name}. {cause}</source>
        <translation>{count}无法读取：{name}。{cause}</translation>
    </message>
    <message>
        <source>: {count:,} {unit}.</source>
        <translation>：{count:,} {unit}。</translation>
    </message>
    <message>
        <source>The annotation of {item} was not imported.</source>
        <translation>{item} 的标注没有导入。</translation>
    </message>
    <message>
        <source>It is {width:,} × {height:,} px, its image {width2:,} × {height2:,} px.</source>
        <translation>它为 {width:,} × {height:,} px，其图像为 {width2:,} × {height2:,} px。</translation>
    </message>
    <message>
        <source>Export it again at the image's size.</source>
        <translation>请按图像的尺寸重新导出。</translation>
    </message>
    <message>
        <source>{name} was not replaced.</source>
        <translation>{name} 没有替换。</translation>
    </message>
    <message>
        <source>No copy of it could be kept: {reason}.</source>
        <translation>无法为它保留副本：{reason}。</translation>
    </message>
    <message>
        <source>Check the room on the disk, and that {folder} is yours.</source>
        <translation>请检查磁盘空间，以及 {folder} 是否属于你。</translation>
    </message>
    <message numerus="yes">
        <source>{n:,} annotations</source>
        <extracomment>One: {n} annotation</extracomment>
        <translation><numerusform>{n:,} 份标注</numerusform></translation>
    </message>
    <message>
        <source>{written} imported from {origin}{stopped}.</source>
        <translation>已从 {origin} 导入{written}{stopped}。</translation>
    </message>
    <message>
        <source>Import {origin}</source>
        <translation>导入 {origin}</translation>
    </message>
    <message>
        <source>{skipped} images kept their own annotation.</source>
        <translation>{skipped} 张图像保留了自己的标注。</translation>
    </message>
    <message>
        <source>{untold} annotations have no image in the project.</source>
        <translation>{untold} 份标注在项目中没有图像。</translation>
    </message>
    <message>
        <source>Those that were replaced lie beside the new ones, their names end in .replaced and the date.</source>
        <translation>被替换的标注在新标注旁边，其名称以 .replaced 和日期结尾。</translation>
    </message>
    <message>
        <source>{more} more were not imported.</source>
        <translation>另有 {more} 份没有导入。</translation>
    </message>
    <message>
        <source>{count} imported</source>
        <translation>已导入 {count}</translation>
    </message>
    <message>
        <source>Choose both folders.</source>
        <translation>请选择两个文件夹。</translation>
    </message>
    <message>
        <source>The masks are being read.</source>
        <translation>正在读取掩码。</translation>
    </message>
</context>
<context>
    <name>segdesk/app/files</name>
    <message>
        <source>{named} and {more:,} more</source>
        <translation>{named} 及另外 {more:,} 个</translation>
    </message>
    <message>
        <source>{name} was not added.</source>
        <translation>{name} 没有添加。</translation>
    </message>
    <message>
        <source>{name} was not imported.</source>
        <translation>{name} 没有导入。</translation>
    </message>
    <message>
        <source>Folders of masks are not listed as images.</source>
        <translation>掩码文件夹不作为图像列出。</translation>
    </message>
    <message>
        <source>They lie beside folders of images: {some}.</source>
        <translation>它们在图像文件夹旁边：{some}。</translation>
    </message>
    <message>
        <source>Import them, and their labels show on the images.</source>
        <translation>请导入它们，其标注便会显示在图像上。</translation>
    </message>
    <message>
        <source>It is a model as {suffix} file; models are read from .pth and .onnx files.</source>
        <translation>它是 {suffix} 格式的模型；模型从 .pth 和 .onnx 文件读取。</translation>
    </message>
    <message>
        <source>Choose a .pth that MMSegmentation or SegDesk wrote, or an .onnx that SegDesk exported.</source>
        <translation>请选择 MMSegmentation 或 SegDesk 写出的 .pth，或 SegDesk 导出的 .onnx。</translation>
    </message>
    <message>
        <source>It holds labels; no images are open, and none lie beside it.</source>
        <translation>它含有标注；但没有打开图像，旁边也没有图像。</translation>
    </message>
    <message>
        <source>Open the images first, then drop it again.</source>
        <translation>请先打开图像，然后再拖入。</translation>
    </message>
    <message>
        <source>{name} / {stem}</source>
        <translation>{name} / {stem}</translation>
    </message>
    <message>
        <source>{missing} does not exist.</source>
        <translation>{missing} 不存在。</translation>
    </message>
    <message>
        <source>Check whether it was moved or its disk is connected.</source>
        <translation>请检查它是否被移动，或其磁盘是否已连接。</translation>
    </message>
    <message>
        <source>It holds no images that SegDesk reads.</source>
        <translation>其中没有 SegDesk 能读取的图像。</translation>
    </message>
    <message>
        <source>JPEG, PNG, TIFF, WebP, BMP and GIF are read. Choose another folder.</source>
        <translation>可读取 JPEG、PNG、TIFF、WebP、BMP 和 GIF。请选择其他文件夹。</translation>
    </message>
    <message>
        <source>It was stopped.</source>
        <translation>它被停止了。</translation>
    </message>
    <message>
        <source>Nuclei sample</source>
        <translation>细胞核示例</translation>
    </message>
</context>
<context>
    <name>segdesk/app</name>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
</context>
<context>
    <name>segdesk/app/keys</name>
    <message>
        <source>{key} was not set.</source>
        <translation>{key} 没有设置。</translation>
    </message>
    <message>
        <source>Try another key.</source>
        <translation>请试试其他按键。</translation>
    </message>
    <message>
        <source>{name} was not read.</source>
        <translation>{name} 没有读取。</translation>
    </message>
    <message>
        <source>Keys of SegDesk: a preset, and keys by command.</source>
        <translation>SegDesk 的快捷键：一个预设，以及各命令的按键。</translation>
    </message>
    <message>
        <source>“keymap” is {preset!r}; it takes {known}.</source>
        <translation>“keymap”是 {preset!r}；可用的值为 {known}。</translation>
    </message>
    <message>
        <source>“keys” is no table of lists by command.</source>
        <translation>“keys”不是各命令按键列表的表。</translation>
    </message>
    <message>
        <source>{cause} The keys stay as they are.</source>
        <translation>{cause}快捷键保持不变。</translation>
    </message>
    <message>
        <source>Export the keys once to see how such a file looks.</source>
        <translation>导出一次快捷键即可看到这种文件的样子。</translation>
    </message>
    <message>
        <source>“{command_id}” is no command.</source>
        <translation>“{command_id}”不是命令。</translation>
    </message>
    <message>
        <source>“{command_id}” is {wanted!r}; it takes a list of keys.</source>
        <translation>“{command_id}”是 {wanted!r}；应为按键列表。</translation>
    </message>
    <message>
        <source>moves the picture</source>
        <translation>移动图片</translation>
    </message>
    <message>
        <source>goes back to the picture</source>
        <translation>回到图片</translation>
    </message>
    <message>
        <source>goes to the next control</source>
        <translation>转到下一个控件</translation>
    </message>
    <message>
        <source>goes to the control before</source>
        <translation>转到上一个控件</translation>
    </message>
    <message>
        <source>goes to the next area of the window</source>
        <translation>转到窗口的下一个区域</translation>
    </message>
    <message>
        <source>goes to the area before</source>
        <translation>转到上一个区域</translation>
    </message>
    <message>
        <source>{key} is not a key.</source>
        <translation>{key} 不是按键。</translation>
    </message>
    <message>
        <source>A key that is held goes without Ctrl, Alt and Shift.</source>
        <translation>按住的键不能与 Ctrl、Alt 和 Shift 组合。</translation>
    </message>
    <message>
        <source>{spelt} {fixed}; it cannot be another key.</source>
        <translation>{spelt} {fixed}；不能作为其他快捷键。</translation>
    </message>
    <message>
        <source>Fit to width: Ctrl+F fits the whole image</source>
        <translation>适合宽度：Ctrl+F 适合整张图像</translation>
    </message>
    <message>
        <source>Duplicate a shape</source>
        <translation>复制形状</translation>
    </message>
    <message>
        <source>Add a point: the edit tool does it with a click</source>
        <translation>添加点：编辑工具点击即可</translation>
    </message>
    <message>
        <source>Keep the shapes of the image before</source>
        <translation>保留前一张图像的形状</translation>
    </message>
    <message>
        <source>Delete the file of labels</source>
        <translation>删除标注文件</translation>
    </message>
    <message>
        <source>Save elsewhere: Export labels does it</source>
        <translation>另存为：由“导出标注”完成</translation>
    </message>
    <message>
        <source>Points for a model that segments what is clicked</source>
        <translation>给分割点击处物体的模型添加点</translation>
    </message>
    <message>
        <source>Rotated rectangle: O draws an ellipse</source>
        <translation>旋转矩形：O 画椭圆</translation>
    </message>
    <message>
        <source>Group shapes: G fills, U changes the paint rule</source>
        <translation>组合形状：G 填充，U 更改绘制规则</translation>
    </message>
    <message>
        <source>Duplicate a shape, keep those before</source>
        <translation>复制形状，保留之前的</translation>
    </message>
    <message>
        <source>Texts, labels and links on the picture</source>
        <translation>图片上的文字、标签和连线</translation>
    </message>
    <message>
        <source>Chat and questions: these are layouts</source>
        <translation>对话与提问：这里是布局</translation>
    </message>
    <message>
        <source>Draw again, finish: Enter closes a shape, its key draws again</source>
        <translation>重新绘制、完成：Enter 闭合形状，其按键重新绘制</translation>
    </message>
    <message>
        <source>Tab, Shift+Tab</source>
        <translation>Tab、Shift+Tab</translation>
    </message>
    <message>
        <source>Next object</source>
        <translation>下一个对象</translation>
    </message>
    <message>
        <source>Group, merge and join objects</source>
        <translation>组合、合并和连接对象</translation>
    </message>
    <message>
        <source>Keyframe, outside, occluded and pinned</source>
        <translation>关键帧、画面外、遮挡和固定</translation>
    </message>
    <message>
        <source>Propagate: Copy to next frame is Alt+V</source>
        <translation>传播：“复制到下一帧”为 Alt+V</translation>
    </message>
    <message>
        <source>Rotate the picture</source>
        <translation>旋转图片</translation>
    </message>
</context>
<context>
    <name>segdesk/app</name>
    <message>
        <source>A training is running</source>
        <translation>正在进行一次训练</translation>
    </message>
    <message>
        <source>Closing stops it and keeps a checkpoint; it can be resumed.</source>
        <translation>关闭会停止它并保留检查点；以后可以恢复。</translation>
    </message>
    <message>
        <source>{count} trainings are running</source>
        <translation>正在进行 {count} 次训练</translation>
    </message>
    <message>
        <source>Closing stops them and keeps a checkpoint of each; they can be resumed.</source>
        <translation>关闭会停止它们并各保留一个检查点；以后可以恢复。</translation>
    </message>
    <message>
        <source> What waits in the queue is there again next time.</source>
        <translation>队列中等待的下次仍在。</translation>
    </message>
    <message>
        <source>Stop and close</source>
        <translation>停止并关闭</translation>
    </message>
</context>
<context>
    <name>segdesk/app/models</name>
    <message>
        <source>DDRNet-23 slim</source>
        <translation>DDRNet-23 slim</translation>
    </message>
    <message>
        <source>DeepLabV3+ R18</source>
        <translation>DeepLabV3+ R18</translation>
    </message>
    <message>
        <source>K-Net R18</source>
        <translation>K-Net R18</translation>
    </message>
    <message>
        <source>Mask2Former R18</source>
        <translation>Mask2Former R18</translation>
    </message>
    <message>
        <source>PSPNet R18</source>
        <translation>PSPNet R18</translation>
    </message>
    <message>
        <source>PSPNet R50</source>
        <translation>PSPNet R50</translation>
    </message>
    <message>
        <source>U-Net small</source>
        <translation>U-Net small</translation>
    </message>
    <message>
        <source>UPerNet Swin</source>
        <translation>UPerNet Swin</translation>
    </message>
    <message>
        <source>{size}; {equal:.3%} of the labels are those of PyTorch on {images} images. One takes {onnx_s:,.0f} ms on this CPU, with PyTorch {torch_s:,.0f} ms.</source>
        <translation>{size}；在 {images} 张图像上，{equal:.3%} 的标签与 PyTorch 相同。在此 CPU 上一张需 {onnx_s:,.0f} 毫秒，PyTorch 需 {torch_s:,.0f} 毫秒。</translation>
    </message>
    <message>
        <source>{name} onnx</source>
        <translation>{name} onnx</translation>
    </message>
    <message>
        <source>A model is being exported</source>
        <translation>正在导出一个模型</translation>
    </message>
    <message>
        <source>It is an ONNX model already</source>
        <translation>它已经是 ONNX 模型</translation>
    </message>
    <message>
        <source>{stem} {number}</source>
        <translation>{stem} {number}</translation>
    </message>
    <message>
        <source>{name} was exported.</source>
        <translation>{name} 已导出。</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>Download {name}</source>
        <translation>下载 {name}</translation>
    </message>
    <message>
        <source>Read {name}</source>
        <translation>读取 {name}</translation>
    </message>
    <message>
        <source>Add {name}</source>
        <translation>添加 {name}</translation>
    </message>
    <message>
        <source>is in the library already</source>
        <translation>已在模型库中</translation>
    </message>
    <message>
        <source>was added</source>
        <translation>已添加</translation>
    </message>
    <message>
        <source>{name} {words}</source>
        <translation>{name} {words}</translation>
    </message>
    <message>
        <source>{name} was removed</source>
        <translation>{name} 已移除</translation>
    </message>
    <message>
        <source>{name} cannot be loaded.</source>
        <translation>{name} 无法加载。</translation>
    </message>
    <message>
        <source>Choose config</source>
        <translation>选择配置</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Remove {name}?</source>
        <translation>移除 {name}？</translation>
    </message>
    <message>
        <source>Its weights and its card are deleted from the library. The file that it was added from stays.</source>
        <translation>其权重和模型卡会从模型库中删除。添加时所用的原文件保留。</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>正在加载</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>已停止。</translation>
    </message>
    <message>
        <source>Foreground IoU</source>
        <translation>前景 IoU</translation>
    </message>
    <message>
        <source>{words} on validation. </source>
        <translation>验证集上 {words}。</translation>
    </message>
    <message>
        <source>{name} {number}</source>
        <translation>{name} {number}</translation>
    </message>
    <message>
        <source>{name} {score:.1f} %</source>
        <translation>{name} {score:.1f} %</translation>
    </message>
    <message>
        <source>Trained here: {work_dir}</source>
        <translation>在此训练：{work_dir}</translation>
    </message>
    <message>
        <source>{name} is trained.</source>
        <translation>{name} 已训练完成。</translation>
    </message>
    <message>
        <source>{words}Its best weights are among the models.</source>
        <translation>{words}其最佳权重已在模型列表中。</translation>
    </message>
    <message>
        <source>Predict with it</source>
        <translation>用它预测</translation>
    </message>
    <message numerus="yes">
        <source>{n} images</source>
        <extracomment>One: 1 image</extracomment>
        <translation><numerusform>{n} 张图像</numerusform></translation>
    </message>
    <message>
        <source>It is being measured</source>
        <translation>正在测量它</translation>
    </message>
    <message>
        <source>It cannot be loaded yet</source>
        <translation>它还不能加载</translation>
    </message>
    <message>
        <source>How an ONNX model runs was decided when it was exported</source>
        <translation>ONNX 模型的运行方式在导出时就已决定</translation>
    </message>
    <message>
        <source>Tune {name}</source>
        <translation>为 {name} 调优</translation>
    </message>
    <message>
        <source>Set the precision to auto for it to count.</source>
        <translation>请把精度设为自动，它才会生效。</translation>
    </message>
    <message>
        <source>{name} is tuned for this machine.</source>
        <translation>{name} 已为本机调优。</translation>
    </message>
    <message>
        <source>{words}. Measured on {images}, {device_name}.</source>
        <translation>{words}。在{images}上测得，{device_name}。</translation>
    </message>
</context>
<context>
    <name>segdesk/app/project</name>
    <message>
        <source>{folder} is not a folder.</source>
        <translation>{folder} 不是文件夹。</translation>
    </message>
    <message>
        <source>Put back</source>
        <translation>恢复原样</translation>
    </message>
    <message>
        <source>The project has something named {name!r} already.</source>
        <translation>项目中已有名为 {name!r} 的内容。</translation>
    </message>
    <message>
        <source>{name} was not linked.</source>
        <translation>{name} 没有链接。</translation>
    </message>
    <message>
        <source>Choose another.</source>
        <translation>请选择其他的。</translation>
    </message>
</context>
<context>
    <name>segdesk/app/promptable</name>
    <message>
        <source>{name} cannot be used</source>
        <translation>{name} 无法使用</translation>
    </message>
    <message>
        <source>{name} looks at the image</source>
        <translation>{name} 正在查看图像</translation>
    </message>
    <message>
        <source>No promptable model is there. Choose one first.</source>
        <translation>没有可提示模型。请先选择一个。</translation>
    </message>
    <message>
        <source>No promptable model yet</source>
        <translation>还没有可提示模型</translation>
    </message>
</context>
<context>
    <name>segdesk/app/proposals</name>
    <message>
        <source>{title}: {changed_px:,} px ({share:.1%}).</source>
        <translation>{title}：{changed_px:,} px（{share:.1%}）。</translation>
    </message>
    <message>
        <source>The proposal was not accepted.</source>
        <translation>建议没有被接受。</translation>
    </message>
    <message>
        <source>Accept lasso</source>
        <translation>套索接受</translation>
    </message>
    <message>
        <source>Proposal rejected</source>
        <translation>建议已拒绝</translation>
    </message>
    <message>
        <source>It is of another size than the annotation.</source>
        <translation>它的尺寸与标注不同。</translation>
    </message>
    <message>
        <source>Predict the image again.</source>
        <translation>请重新预测该图像。</translation>
    </message>
    <message>
        <source>Accept region</source>
        <translation>接受区域</translation>
    </message>
    <message>
        <source>Nothing to accept there: no pixel would change.</source>
        <translation>那里没有可接受的内容：没有像素会改变。</translation>
    </message>
    <message>
        <source>The project has no class {names}: left out.</source>
        <translation>项目中没有类别 {names}：未采纳。</translation>
    </message>
    <message>
        <source>Not accepted: it was painted meanwhile.</source>
        <translation>未接受：其间已在那里绘制。</translation>
    </message>
    <message>
        <source>Look where {name} is unsure</source>
        <translation>查看 {name} 不确定的地方</translation>
    </message>
    <message>
        <source>Gradients (HiResCAM)</source>
        <translation>梯度（HiResCAM）</translation>
    </message>
    <message>
        <source>What a layer sees, times how much it matters. Fast and faithful.</source>
        <translation>某一层看到的内容乘以其重要性。快速且忠实。</translation>
    </message>
    <message>
        <source>Gradients, smoother (Grad-CAM)</source>
        <translation>较平滑的梯度（Grad-CAM）</translation>
    </message>
    <message>
        <source>A layer's channels, weighted by their mean gradient. Fast.</source>
        <translation>某一层的通道，按其平均梯度加权。快速。</translation>
    </message>
    <message>
        <source>Without gradients (EigenCAM)</source>
        <translation>不用梯度（EigenCAM）</translation>
    </message>
    <message>
        <source>What stands out in a layer; of the class it knows the sign alone. Fast.</source>
        <translation>某一层中突出的内容；类别只决定其正负。快速。</translation>
    </message>
    <message>
        <source>Without gradients (AblationCAM)</source>
        <translation>不用梯度（AblationCAM）</translation>
    </message>
    <message>
        <source>What is lost when parts of a layer are silenced. Some seconds.</source>
        <translation>屏蔽某层的一部分会失去什么。需要几秒。</translation>
    </message>
    <message>
        <source>Pixels (saliency)</source>
        <translation>像素（显著性）</translation>
    </message>
    <message>
        <source>How much each pixel's own value matters. Some seconds.</source>
        <translation>每个像素自身的值有多重要。需要几秒。</translation>
    </message>
    <message>
        <source>Covering parts (occlusion)</source>
        <translation>遮挡局部（遮挡法）</translation>
    </message>
    <message>
        <source>How much less sure the model is without a part. Up to minutes.</source>
        <translation>没有某个局部时模型会少多少把握。可能需要几分钟。</translation>
    </message>
    <message>
        <source>Explain {name}</source>
        <translation>解释 {name}</translation>
    </message>
    <message>
        <source>A proposal was not kept.</source>
        <translation>一个建议没有保留。</translation>
    </message>
    <message>
        <source>{folder} does not take it: {reason}.</source>
        <translation>{folder} 无法写入：{reason}。</translation>
    </message>
    <message>
        <source>It is predicted anew when its image is opened.</source>
        <translation>打开其图像时会重新预测。</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>重新启动</translation>
    </message>
    <message>
        <source>Go on with the CPU</source>
        <translation>用 CPU 继续</translation>
    </message>
    <message>
        <source>Try the GPU again</source>
        <translation>再试一次 GPU</translation>
    </message>
    <message>
        <source>{first} and {names}</source>
        <translation>{first} 和 {names}</translation>
    </message>
    <message>
        <source>{first} and {names} more</source>
        <translation>{first} 及另外 {names} 个</translation>
    </message>
    <message>
        <source>Add {names}</source>
        <translation>添加 {names}</translation>
    </message>
    <message>
        <source>Add all {names}</source>
        <translation>添加全部 {names} 个</translation>
    </message>
    <message>
        <source>Your annotation cannot take what the model proposes there.</source>
        <translation>你的标注无法接受模型在那里的建议。</translation>
    </message>
    <message>
        <source>Add what is missing, or say which of your classes takes it.</source>
        <translation>请添加缺少的类别，或指定由你的哪个类别接收。</translation>
    </message>
    <message>
        <source>Map to…</source>
        <translation>映射到…</translation>
    </message>
    <message>
        <source>Map {name} to a class</source>
        <translation>把 {name} 映射到一个类别</translation>
    </message>
    <message>
        <source>What the model calls {name} becomes this class when it is accepted.</source>
        <translation>接受时，模型所称的 {name} 将变为该类别。</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>映射</translation>
    </message>
    <message>
        <source>{shown} is not in your classes.</source>
        <translation>{shown} 不在你的类别中。</translation>
    </message>
    <message>
        <source>{shown} are not in your classes.</source>
        <translation>{shown} 不在你的类别中。</translation>
    </message>
    <message>
        <source>Load {name}</source>
        <translation>加载 {name}</translation>
    </message>
    <message>
        <source>Predict {name}</source>
        <translation>预测 {name}</translation>
    </message>
    <message>
        <source>Stopped: the upper {share:.0%} are predicted.</source>
        <translation>已停止：上部 {share:.0%} 已预测。</translation>
    </message>
    <message>
        <source>Prepare</source>
        <translation>预备</translation>
    </message>
    <message>
        <source>Run the loaded model ahead on the next images that are not done.</source>
        <translation>让所加载的模型提前处理后面尚未完成的图像。</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Prepare {count}</source>
        <translation>预备{count}</translation>
    </message>
    <message>
        <source>{count:,} images</source>
        <translation>{count:,} 张图像</translation>
    </message>
    <message>
        <source>Every image after this one is done or has a proposal</source>
        <translation>此后的每张图像都已完成或已有建议</translation>
    </message>
    <message>
        <source>{name}: {reason}</source>
        <translation>{name}：{reason}</translation>
    </message>
    <message>
        <source>{made:,} of {paths:,} prepared</source>
        <translation>已预备 {paths:,} 张中的 {made:,} 张</translation>
    </message>
    <message>
        <source>images</source>
        <translation>张图像</translation>
    </message>
    <message>
        <source>{what} was not prepared.</source>
        <translation>{what} 没有预备。</translation>
    </message>
    <message>
        <source>{what} were not prepared.</source>
        <translation>{what}没有预备。</translation>
    </message>
    <message>
        <source>{one}: {message} {cause}</source>
        <translation>{one}：{message} {cause}</translation>
    </message>
    <message>
        <source>A proposal was not shown.</source>
        <translation>一个建议没有显示。</translation>
    </message>
    <message>
        <source>{file} cannot be read: {reason}.</source>
        <translation>{file} 无法读取：{reason}。</translation>
    </message>
</context>
<context>
    <name>segdesk/app/review</name>
    <message>
        <source>Uncertain</source>
        <translation>不确定</translation>
    </message>
    <message>
        <source>Rare class</source>
        <translation>罕见类别</translation>
    </message>
    <message>
        <source>Differs when flipped</source>
        <translation>翻转后结果不同</translation>
    </message>
    <message>
        <source>Two models disagree</source>
        <translation>两个模型意见不同</translation>
    </message>
    <message>
        <source>uncertain</source>
        <translation>不确定</translation>
    </message>
    <message>
        <source>rare class</source>
        <translation>罕见类别</translation>
    </message>
    <message>
        <source>differs when flipped</source>
        <translation>翻转后结果不同</translation>
    </message>
    <message>
        <source>two models disagree</source>
        <translation>两个模型意见不同</translation>
    </message>
    <message>
        <source>{name} edge</source>
        <translation>{name}边缘</translation>
    </message>
    <message>
        <source>{one} or {two}?</source>
        <translation>{one}还是{two}？</translation>
    </message>
    <message>
        <source>Measure {id} for the gain</source>
        <translation>评测 {id} 的提升</translation>
    </message>
    <message>
        <source>mIoU on validation: {before:.1f} % before, {after:.1f} % after</source>
        <translation>验证集 mIoU：之前 {before:.1f} %，之后 {after:.1f} %</translation>
    </message>
    <message numerus="yes">
        <source>Rank {n} images</source>
        <extracomment>One: Rank {n} image</extracomment>
        <translation><numerusform>对 {n} 张图像排序</numerusform></translation>
    </message>
    <message>
        <source>These classes have a background, so what is left of an image counts as background: whole images are reviewed</source>
        <translation>这些类别中有背景，图像未标注的部分会算作背景：因此整张图像复核</translation>
    </message>
    <message>
        <source>Open a folder of images first</source>
        <translation>请先打开图像文件夹</translation>
    </message>
    <message>
        <source>Images are being ranked</source>
        <translation>正在对图像排序</translation>
    </message>
    <message>
        <source>The model is being loaded</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>Every image is labelled</source>
        <translation>每张图像都已标注</translation>
    </message>
    <message>
        <source>{name} is gone: left out of the queue</source>
        <translation>{name} 已不存在：不列入队列</translation>
    </message>
    <message numerus="yes">
        <source>{n} images were not ranked; the job's log says why</source>
        <extracomment>One: {first} was not ranked; the job's log says why</extracomment>
        <translation><numerusform>{n} 张图像没有排序；原因见任务日志</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>{n} images are gone: left out of the queue</source>
        <extracomment>One: {first} is gone: left out of the queue</extracomment>
        <translation><numerusform>{n} 张图像已不存在：不列入队列</numerusform></translation>
    </message>
    <message>
        <source>Choose an entry of the review queue</source>
        <translation>请选择复核队列中的一项</translation>
    </message>
    <message>
        <source>Its proposal is not there yet</source>
        <translation>其建议还没有准备好</translation>
    </message>
    <message>
        <source>Accept frame</source>
        <translation>接受框选</translation>
    </message>
</context>
<context>
    <name>segdesk/app/scribble</name>
    <message>
        <source>Apply scribbles of {name}</source>
        <translation>应用 {name} 的涂抹</translation>
    </message>
    <message>
        <source>Scribble on a second class too</source>
        <translation>请再为第二个类别涂抹</translation>
    </message>
    <message>
        <source>No drafts were made: another folder is open.</source>
        <translation>没有建立草稿：已打开另一个文件夹。</translation>
    </message>
    <message>
        <source>Look at {name} with the model</source>
        <translation>用模型查看 {name}</translation>
    </message>
    <message>
        <source>Large image: seen at {share} % of its size</source>
        <translation>大图像：按其尺寸的 {share} % 查看</translation>
    </message>
    <message>
        <source>Scribble on two classes or more</source>
        <translation>请为两个或更多类别涂抹</translation>
    </message>
</context>
<context>
    <name>segdesk/app/settings</name>
    <message>
        <source> and {more} more</source>
        <translation> 及另外 {more} 项</translation>
    </message>
    <message>
        <source>Read {name} again: {titles}{rest}</source>
        <translation>已重新读取 {name}：{titles}{rest}</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>各处</translation>
    </message>
    <message>
        <source>SegDesk (150)</source>
        <translation>SegDesk（150）</translation>
    </message>
    <message>
        <source>Okabe-Ito (7)</source>
        <translation>Okabe-Ito（7）</translation>
    </message>
    <message>
        <source>Tol bright (7)</source>
        <translation>Tol bright（7）</translation>
    </message>
    <message>
        <source>Tol muted (9)</source>
        <translation>Tol muted（9）</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Fill and contour</source>
        <translation>填充和轮廓</translation>
    </message>
    <message>
        <source>Contour</source>
        <translation>轮廓</translation>
    </message>
    <message>
        <source>Fill</source>
        <translation>填充</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Of the window. The command line and log files are in English.</source>
        <translation>窗口的语言。命令行和日志文件使用英语。</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Colours of the window. Image work starts dark.</source>
        <translation>窗口的颜色。图像工作默认用深色。</translation>
    </message>
    <message>
        <source>Size of text</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Letters of the window; rows grow with them.</source>
        <translation>窗口的文字；各行随之变大。</translation>
    </message>
    <message>
        <source>Size of everything</source>
        <translation>整体大小</translation>
    </message>
    <message>
        <source>Letters, buttons and spaces together, for screens with fine pixels.</source>
        <translation>文字、按钮和间距一起缩放，适合高分辨率屏幕。</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>高对比度</translation>
    </message>
    <message>
        <source>Stronger edges and a wider ring round what has the keyboard.</source>
        <translation>更明显的边缘，以及键盘焦点周围更宽的框。</translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation>减少动画</translation>
    </message>
    <message>
        <source>Nothing slides or fades.</source>
        <translation>没有滑动或渐变。</translation>
    </message>
    <message>
        <source>Tooltips</source>
        <translation>工具提示</translation>
    </message>
    <message>
        <source>Say name and key of a control when the pointer rests on it.</source>
        <translation>指针停在控件上时显示其名称和快捷键。</translation>
    </message>
    <message>
        <source>Short messages stay</source>
        <translation>短消息停留时间</translation>
    </message>
    <message>
        <source>How long a line says what was done; twice as long where it offers Undo.</source>
        <translation>一行说明操作结果的文字停留多久；可撤销时加倍。</translation>
    </message>
    <message>
        <source>light night colour appearance</source>
        <translation>light night colour appearance 浅色 夜间 颜色 外观</translation>
    </message>
    <message>
        <source>font letters larger</source>
        <translation>font letters larger 字体 字号 更大</translation>
    </message>
    <message>
        <source>scale zoom dpi high-dpi display</source>
        <translation>scale zoom dpi high-dpi display 缩放 分辨率 显示</translation>
    </message>
    <message>
        <source>accessibility border focus</source>
        <translation>accessibility border focus 无障碍 边框 焦点</translation>
    </message>
    <message>
        <source>animation accessibility</source>
        <translation>animation accessibility 动画 无障碍</translation>
    </message>
    <message>
        <source>hints help</source>
        <translation>hints help 提示 帮助</translation>
    </message>
    <message>
        <source>s</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>toast notice notification</source>
        <translation>toast notice notification 消息 通知</translation>
    </message>
    <message>
        <source>Open the last folder</source>
        <translation>打开上次的文件夹</translation>
    </message>
    <message>
        <source>Begin where the last sitting ended, not with the welcome page.</source>
        <translation>从上次结束的地方开始，而不是欢迎页。</translation>
    </message>
    <message>
        <source>Load the last model</source>
        <translation>加载上次的模型</translation>
    </message>
    <message>
        <source>Begin with the model that was loaded last.</source>
        <translation>启动时加载上次使用的模型。</translation>
    </message>
    <message>
        <source>Start the engine with the window</source>
        <translation>引擎随窗口启动</translation>
    </message>
    <message>
        <source>Models answer sooner. Without it the engine starts when it is needed.</source>
        <translation>模型响应更快。否则引擎在需要时启动。</translation>
    </message>
    <message>
        <source>Sort files by</source>
        <translation>文件排序</translation>
    </message>
    <message>
        <source>Order of the list of files.</source>
        <translation>文件列表的顺序。</translation>
    </message>
    <message>
        <source>Chips over the files, by status and class.</source>
        <translation>文件上方按状态和类别筛选的按钮。</translation>
    </message>
    <message>
        <source>Larger pictures beside each other instead of rows.</source>
        <translation>用并排的较大图片代替行。</translation>
    </message>
    <message>
        <source>Labels on thumbnails</source>
        <translation>缩略图上的标注</translation>
    </message>
    <message>
        <source>Lay the annotation over the small pictures in the list of files.</source>
        <translation>在文件列表的小图片上叠加标注。</translation>
    </message>
    <message>
        <source>Folder of models</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>Where added and downloaded models are kept. Nothing is moved.</source>
        <translation>添加和下载的模型存放的位置。不会移动任何内容。</translation>
    </message>
    <message>
        <source>Folder for temporary files</source>
        <translation>临时文件夹</translation>
    </message>
    <message>
        <source>Kept proposals, parts of downloads, pixels of large images.</source>
        <translation>保留的建议、未完成的下载、大图像的像素。</translation>
    </message>
    <message>
        <source>Save after</source>
        <translation>保存延迟</translation>
    </message>
    <message>
        <source>Seconds of quiet after which an annotation is written. A step is in the journal at once.</source>
        <translation>停顿多少秒后写入标注。每一步会立即写入恢复日志。</translation>
    </message>
    <message>
        <source>Memory for undo</source>
        <translation>撤销所用内存</translation>
    </message>
    <message>
        <source>Room for the steps of all images; the oldest go first.</source>
        <translation>所有图像各步骤的空间；最早的先丢弃。</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>画笔</translation>
    </message>
    <message>
        <source>Size of the brush at the start, in image pixels.</source>
        <translation>启动时的画笔大小，以图像像素计。</translation>
    </message>
    <message>
        <source>Shape of the brush</source>
        <translation>画笔的形状</translation>
    </message>
    <message>
        <source>At the start.</source>
        <translation>启动时。</translation>
    </message>
    <message>
        <source>A pen that is pressed lightly paints with a smaller brush.</source>
        <translation>轻压的笔以较小的画笔绘制。</translation>
    </message>
    <message>
        <source>A brush stroke that closes round an area fills it.</source>
        <translation>围成一圈的笔画会填充其内部。</translation>
    </message>
    <message>
        <source>Polygons and other shapes can be changed after they were painted.</source>
        <translation>多边形和其他形状绘制后仍可更改。</translation>
    </message>
    <message>
        <source>not locked</source>
        <translation>未锁定</translation>
    </message>
    <message>
        <source>Paint over</source>
        <translation>绘制范围</translation>
    </message>
    <message>
        <source>What tools may replace, at the start.</source>
        <translation>启动时工具可以替换什么。</translation>
    </message>
    <message>
        <source>Colours of classes</source>
        <translation>类别颜色</translation>
    </message>
    <message>
        <source>For new classes and “Use safe colours”. All of them can be told apart by colour-blind people; beyond their number SegDesk's own follow.</source>
        <translation>用于新类别和“使用安全色”。色觉障碍者也能区分全部颜色；超出其数量后使用 SegDesk 自己的颜色。</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>滚轮</translation>
    </message>
    <message>
        <source>On the picture. Where it scrolls, Ctrl+wheel zooms and Alt+wheel sizes the brush.</source>
        <translation>在图片上。若滚轮用于滚动，则 Ctrl+滚轮缩放，Alt+滚轮改变画笔大小。</translation>
    </message>
    <message>
        <source>Turn the wheel the other way</source>
        <translation>反转滚轮方向</translation>
    </message>
    <message>
        <source>Towards you zooms in.</source>
        <translation>向自己滚动为放大。</translation>
    </message>
    <message>
        <source>Zoom of one notch</source>
        <translation>每格缩放量</translation>
    </message>
    <message>
        <source>How much closer one notch of the wheel goes.</source>
        <translation>滚轮一格放大多少。</translation>
    </message>
    <message>
        <source>Opacity of the overlay</source>
        <translation>叠加层的不透明度</translation>
    </message>
    <message>
        <source>How strongly classes are filled.</source>
        <translation>类别填充的强度。</translation>
    </message>
    <message>
        <source>Look of the overlay</source>
        <translation>叠加层的样式</translation>
    </message>
    <message>
        <source>How regions of a class are drawn.</source>
        <translation>类别区域如何绘制。</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>How many views of the picture are shown.</source>
        <translation>显示多少个图片视图。</translation>
    </message>
    <message>
        <source>Lines between pixels from 800% on.</source>
        <translation>从 800% 起显示像素之间的线。</translation>
    </message>
    <message>
        <source>A small map while the picture is zoomed in.</source>
        <translation>图片放大时显示小地图。</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Where models run.</source>
        <translation>模型在哪里运行。</translation>
    </message>
    <message>
        <source>Auto: as measured for the model here, else fp32. 16 bits are faster on most GPUs and slower on most processors.</source>
        <translation>自动：按此处对该模型测得的方式，否则用 fp32。16 位在多数 GPU 上更快，在多数处理器上更慢。</translation>
    </message>
    <message>
        <source>Threads of the engine</source>
        <translation>引擎线程数</translation>
    </message>
    <message>
        <source>How many threads of the processor a model uses; 0: as PyTorch proposes.</source>
        <translation>一个模型使用多少处理器线程；0 表示按 PyTorch 的建议。</translation>
    </message>
    <message>
        <source>Predict on opening</source>
        <translation>打开时预测</translation>
    </message>
    <message>
        <source>Predict each image as it is opened while a model is loaded.</source>
        <translation>加载了模型时，每张图像打开即预测。</translation>
    </message>
    <message>
        <source>From confidence</source>
        <translation>最低置信度</translation>
    </message>
    <message>
        <source>Less sure pixels of a proposal are left out. The bar under the picture changes it for the sitting.</source>
        <translation>建议中把握较低的像素不采纳。图片下方的条可在本次使用中更改。</translation>
    </message>
    <message>
        <source>Flip and scale</source>
        <translation>翻转与缩放</translation>
    </message>
    <message>
        <source>Predict each image mirrored and at other sizes too, and take the mean.</source>
        <translation>每张图像还以镜像和其他尺寸预测，并取平均。</translation>
    </message>
    <message>
        <source>Large images in windows</source>
        <translation>大图像按窗口处理</translation>
    </message>
    <message>
        <source>Predict images from 64 megapixels on in blended windows.</source>
        <translation>从 6400 万像素起的图像以融合窗口预测。</translation>
    </message>
    <message>
        <source>How many of the next images a model runs ahead when it is asked to.</source>
        <translation>要求提前运行时，模型处理后面多少张图像。</translation>
    </message>
    <message>
        <source>Disk for proposals</source>
        <translation>建议所用磁盘</translation>
    </message>
    <message>
        <source>Room for proposals of the sitting that have no place in memory.</source>
        <translation>内存放不下的本次建议所用的空间。</translation>
    </message>
    <message>
        <source>Memory for frames</source>
        <translation>帧所用内存</translation>
    </message>
    <message>
        <source>Decoded frames that are kept so that going back shows at once; in force for the next video.</source>
        <translation>保留的解码帧，使后退能立即显示；对下一个视频生效。</translation>
    </message>
    <message>
        <source>Keys as in</source>
        <translation>快捷键方案</translation>
    </message>
    <message>
        <source>The keys of another program; own keys are laid over them.</source>
        <translation>其他程序的快捷键；自定义快捷键优先于它。</translation>
    </message>
    <message>
        <source>Own keys</source>
        <translation>自定义快捷键</translation>
    </message>
    <message>
        <source>Keys by command, where they differ from the preset; [] takes them away.</source>
        <translation>与预设不同的各命令快捷键；[] 表示去掉。</translation>
    </message>
    <message>
        <source>Last model</source>
        <translation>上次的模型</translation>
    </message>
    <message>
        <source>Id of the model that is loaded; the next sitting begins with it.</source>
        <translation>所加载模型的编号；下次从它开始。</translation>
    </message>
    <message>
        <source>restore session recent</source>
        <translation>restore session recent 恢复 最近</translation>
    </message>
    <message>
        <source>memory torch</source>
        <translation>memory torch 内存</translation>
    </message>
    <message>
        <source>library path directory disk</source>
        <translation>library path directory disk 模型库 路径 目录 磁盘</translation>
    </message>
    <message>
        <source>cache path directory disk space</source>
        <translation>cache path directory disk space 缓存 路径 目录 磁盘 空间</translation>
    </message>
    <message>
        <source>autosave delay write</source>
        <translation>autosave delay write 自动保存 延迟 写入</translation>
    </message>
    <message>
        <source>history redo steps</source>
        <translation>history redo steps 历史 重做 步骤</translation>
    </message>
    <message>
        <source>diameter tool</source>
        <translation>diameter tool 直径 工具</translation>
    </message>
    <message>
        <source>tablet stylus</source>
        <translation>tablet stylus 数位板 触控笔</translation>
    </message>
    <message>
        <source>vector vertices</source>
        <translation>vector vertices 矢量 顶点</translation>
    </message>
    <message>
        <source>rule locked</source>
        <translation>rule locked 规则 锁定</translation>
    </message>
    <message>
        <source>palette colour blind okabe ito tol accessibility</source>
        <translation>palette colour blind okabe ito tol accessibility 调色板 色盲 无障碍</translation>
    </message>
    <message>
        <source>mouse pan</source>
        <translation>mouse pan 鼠标 平移</translation>
    </message>
    <message>
        <source>mouse invert reverse natural</source>
        <translation>mouse invert reverse natural 鼠标 反转 自然</translation>
    </message>
    <message>
        <source>mouse speed</source>
        <translation>mouse speed 鼠标 速度</translation>
    </message>
    <message>
        <source>fill labels transparency</source>
        <translation>fill labels transparency 填充 标签 透明</translation>
    </message>
    <message>
        <source>outline labels</source>
        <translation>outline labels 轮廓 标签</translation>
    </message>
    <message>
        <source>compare panes</source>
        <translation>compare panes 比较 窗格</translation>
    </message>
    <message>
        <source>gpu cpu cuda mps processor</source>
        <translation>gpu cpu cuda mps processor 显卡 处理器</translation>
    </message>
    <message>
        <source>half float speed tune</source>
        <translation>half float speed tune 半精度 浮点 速度 调优</translation>
    </message>
    <message>
        <source>cores cpu omp</source>
        <translation>cores cpu omp 核心</translation>
    </message>
    <message>
        <source>automatic proposal</source>
        <translation>automatic proposal 自动 建议</translation>
    </message>
    <message>
        <source>threshold proposal</source>
        <translation>threshold proposal 阈值 建议</translation>
    </message>
    <message>
        <source>tta augmentation accuracy</source>
        <translation>tta augmentation accuracy 增强 准确率</translation>
    </message>
    <message>
        <source>tiles slide memory</source>
        <translation>tiles slide memory 分块 滑动 内存</translation>
    </message>
    <message>
        <source>ahead next</source>
        <translation>ahead next 提前 后续</translation>
    </message>
    <message>
        <source>cache space</source>
        <translation>cache space 缓存 空间</translation>
    </message>
    <message>
        <source>shortcuts preset keyboard</source>
        <translation>shortcuts preset keyboard 快捷键 预设 键盘</translation>
    </message>
    <message>
        <source>shortcuts keyboard</source>
        <translation>shortcuts keyboard 快捷键 键盘</translation>
    </message>
    <message>
        <source>Round</source>
        <translation>圆形</translation>
    </message>
    <message>
        <source>Square</source>
        <translation>方形</translation>
    </message>
    <message>
        <source>Zooms</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Scrolls</source>
        <translation>滚动</translation>
    </message>
    <message>
        <source>One</source>
        <translation>单个</translation>
    </message>
    <message>
        <source>Split</source>
        <comment>two views</comment>
        <translation>拆分</translation>
    </message>
    <message>
        <source>Linked</source>
        <translation>联动</translation>
    </message>
    <message>
        <source>Auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Start and files</source>
        <translation>启动与文件</translation>
    </message>
    <message>
        <source>Drawing</source>
        <translation>绘制</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>画面</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Kept</source>
        <translation>保留项</translation>
    </message>
    <message>
        <source>at once</source>
        <translation>立即</translation>
    </message>
    <message>
        <source>when the engine starts again</source>
        <translation>引擎重新启动后</translation>
    </message>
    <message>
        <source>at the next start</source>
        <translation>下次启动时</translation>
    </message>
    <message>
        <source>“{name}” is {value!r}; it takes {takes}.</source>
        <translation>“{name}”是 {value!r}；可用的值为 {takes}。</translation>
    </message>
    <message>
        <source>{low:,.0f} to {high:,.0f}</source>
        <translation>{low:,.0f} 到 {high:,.0f}</translation>
    </message>
    <message>
        <source>{low:g} to {high:g}</source>
        <translation>{low:g} 到 {high:g}</translation>
    </message>
    <message>
        <source>true or false</source>
        <translation>true 或 false</translation>
    </message>
    <message>
        <source>lists of keys by command</source>
        <translation>各命令的按键列表</translation>
    </message>
    <message>
        <source>"auto", "cpu", "cuda:0", …</source>
        <translation>"auto"、"cpu"、"cuda:0"…</translation>
    </message>
    <message>
        <source>the path of a folder, or ""</source>
        <translation>文件夹路径，或 ""</translation>
    </message>
    <message>
        <source>a text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>{name} was not read in full.</source>
        <translation>{name} 没有完整读取。</translation>
    </message>
    <message>
        <source>{cause} The other settings are in force.</source>
        <translation>{cause}其他设置有效。</translation>
    </message>
    <message>
        <source>Edit {path}. A file that cannot be read is kept under another name when a setting is changed here.</source>
        <translation>请编辑 {path}。在此更改设置时，无法读取的文件会以其他名称保留。</translation>
    </message>
    <message>
        <source>“{name}” is not a setting.</source>
        <translation>“{name}”不是设置项。</translation>
    </message>
</context>
<context>
    <name>segdesk/app/tools</name>
    <message>
        <source>Ignore</source>
        <translation>忽略</translation>
    </message>
    <message>
        <source>Enter paints it. Mark what is missing, right button what is too much.</source>
        <translation>按 Enter 绘制。标出缺少的部分，右键标出多余的部分。</translation>
    </message>
    <message>
        <source>Nothing was found in the box. Mark part of the thing with a stroke.</source>
        <translation>框内没有找到内容。请用一笔标出物体的一部分。</translation>
    </message>
    <message>
        <source>Cutting out</source>
        <translation>正在抠取</translation>
    </message>
    <message>
        <source>Box cut</source>
        <translation>框选抠取</translation>
    </message>
    <message>
        <source>{x:,.0f} × {y:,.0f} px</source>
        <translation>{x:,.0f} × {y:,.0f} px</translation>
    </message>
    <message>
        <source>Keeping the stroke</source>
        <translation>正在保存笔画</translation>
    </message>
    <message>
        <source>Filling the stroke</source>
        <translation>正在填充笔画</translation>
    </message>
    <message>
        <source>Pan</source>
        <translation>平移</translation>
    </message>
    <message>
        <source>Move the picture. Space held or the middle button does it from any tool.</source>
        <translation>移动图片。在任何工具中按住空格或中键也可以。</translation>
    </message>
    <message>
        <source>Edit shapes</source>
        <translation>编辑形状</translation>
    </message>
    <message>
        <source>Move shapes and vertices. Click an edge to add one, Delete removes.</source>
        <translation>移动形状和顶点。点击边可添加顶点，Delete 删除。</translation>
    </message>
    <message>
        <source>Pick class</source>
        <translation>拾取类别</translation>
    </message>
    <message>
        <source>Select the class under the cursor. Ctrl+click does it from most tools.</source>
        <translation>选择光标下的类别。在多数工具中按 Ctrl+点击也可以。</translation>
    </message>
    <message>
        <source>Paint the selected class. Right button erases, Shift+click draws a line.</source>
        <translation>绘制所选类别。右键擦除，Shift+点击画直线。</translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation>橡皮</translation>
    </message>
    <message>
        <source>Paint the background, or ignore where there is none.</source>
        <translation>绘制背景；没有背景时绘制忽略。</translation>
    </message>
    <message>
        <source>Fill region</source>
        <translation>填充区域</translation>
    </message>
    <message>
        <source>Give a connected region, or its holes, the selected class.</source>
        <translation>把一个相连区域或其孔洞设为所选类别。</translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation>多边形</translation>
    </message>
    <message>
        <source>Click points, Shift draws freehand, Ctrl snaps to borders. Enter closes.</source>
        <translation>逐点点击，Shift 手绘，Ctrl 吸附边界。Enter 闭合。</translation>
    </message>
    <message>
        <source>Rectangle</source>
        <translation>矩形</translation>
    </message>
    <message>
        <source>Drag a rectangle. Shift makes it square, Alt draws it from its middle.</source>
        <translation>拖出矩形。Shift 为正方形，Alt 从中心开始画。</translation>
    </message>
    <message>
        <source>Ellipse</source>
        <translation>椭圆</translation>
    </message>
    <message>
        <source>Drag an ellipse. Shift makes it a circle, Alt draws it from its middle.</source>
        <translation>拖出椭圆。Shift 为圆形，Alt 从中心开始画。</translation>
    </message>
    <message>
        <source>Polyline</source>
        <translation>折线</translation>
    </message>
    <message>
        <source>Click along a road or a river. Enter or a double click ends the line.</source>
        <translation>沿道路或河流点击。Enter 或双击结束。</translation>
    </message>
    <message>
        <source>Magic wand</source>
        <translation>魔棒</translation>
    </message>
    <message>
        <source>Paint pixels of like colour. Drag sideways to change the tolerance.</source>
        <translation>绘制颜色相近的像素。横向拖动可改变容差。</translation>
    </message>
    <message>
        <source>Drag a box round a thing. Correct with strokes, Enter paints it.</source>
        <translation>围着物体拖一个框。用笔画修正，Enter 绘制。</translation>
    </message>
    <message>
        <source>Edge lasso</source>
        <translation>边缘套索</translation>
    </message>
    <message>
        <source>Click along an edge: the line snaps to it. Enter or the first point closes.</source>
        <translation>沿边缘点击：线条会吸附上去。Enter 或第一个点闭合。</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Click on a thing, right click beside it, or drag a box: a model finds it.</source>
        <translation>点击物体，右键点击其旁边，或拖出方框：由模型找出它。</translation>
    </message>
    <message>
        <source>Superpixels</source>
        <translation>超像素</translation>
    </message>
    <message>
        <source>Paint patches of like colour, one by one or in a stroke.</source>
        <translation>逐个或一笔绘制颜色相近的小块。</translation>
    </message>
    <message>
        <source>Scribble</source>
        <translation>涂抹</translation>
    </message>
    <message>
        <source>Scribble on two classes or more: a result for the whole image follows.</source>
        <translation>为两个或更多类别涂抹：即得到整张图像的结果。</translation>
    </message>
    <message>
        <source>The shape covers no pixel of the image, so nothing was drawn.</source>
        <translation>该形状没有覆盖图像的任何像素，因此没有绘制。</translation>
    </message>
    <message>
        <source>Subtract {shape}</source>
        <translation>减去{shape}</translation>
    </message>
    <message>
        <source>Following edges</source>
        <translation>沿边缘跟踪</translation>
    </message>
    <message>
        <source>Click at least once more along the edge.</source>
        <translation>请至少再沿边缘点击一次。</translation>
    </message>
    <message>
        <source>Change class</source>
        <translation>更改类别</translation>
    </message>
    <message>
        <source>Reorder shapes</source>
        <translation>调整形状顺序</translation>
    </message>
    <message>
        <source>Move shape</source>
        <translation>移动形状</translation>
    </message>
    <message>
        <source>Edit shape</source>
        <translation>编辑形状</translation>
    </message>
    <message>
        <source>Delete vertex</source>
        <translation>删除顶点</translation>
    </message>
    <message>
        <source>The paint rule keeps {label} as it is.</source>
        <translation>绘制规则使{label}保持原样。</translation>
    </message>
    <message>
        <source>This region is {label} already.</source>
        <translation>该区域已经是{label}。</translation>
    </message>
    <message>
        <source>Fill holes</source>
        <translation>填充孔洞</translation>
    </message>
    <message>
        <source>The paint rule lets {name} replace nothing. Choose another rule or class.</source>
        <translation>绘制规则不允许{name}替换任何内容。请选择其他规则或类别。</translation>
    </message>
    <message>
        <source>{name} is locked. Unlock it in the list of classes.</source>
        <translation>{name}已锁定。请在类别列表中解锁。</translation>
    </message>
    <message>
        <source>The annotation has changed meanwhile, so nothing was painted.</source>
        <translation>标注在此期间已改变，因此没有绘制。</translation>
    </message>
    <message>
        <source>Nothing changed: no pixel gives way.</source>
        <translation>没有变化：没有可替换的像素。</translation>
    </message>
    <message>
        <source>{fewest} points are needed; there is 1.</source>
        <translation>需要 {fewest} 个点；现有 1 个。</translation>
    </message>
    <message>
        <source>{fewest} points are needed; there are {points}.</source>
        <translation>需要 {fewest} 个点；现有 {points} 个。</translation>
    </message>
    <message>
        <source>Enter paints it. Click what is missing, right button what is too much.</source>
        <translation>按 Enter 绘制。点击缺少的部分，右键点击多余的部分。</translation>
    </message>
    <message>
        <source>The model finds nothing there. Click on the thing, or drag a box.</source>
        <translation>模型在那里没有找到内容。请点击物体，或拖出方框。</translation>
    </message>
    <message>
        <source>The model looks at the image. The answer comes by itself.</source>
        <translation>模型正在查看图像。结果会自动出现。</translation>
    </message>
    <message>
        <source>Looking for it</source>
        <translation>正在查找</translation>
    </message>
    <message>
        <source>Give holes in the selected class that class. 0 fills holes of any size.</source>
        <translation>把所选类别中的孔洞设为该类别。0 表示填充任意大小的孔洞。</translation>
    </message>
    <message>
        <source>Holes up to</source>
        <translation>孔洞不超过</translation>
    </message>
    <message>
        <source>Grow</source>
        <translation>扩张</translation>
    </message>
    <message>
        <source>Make the selected class wider on all sides.</source>
        <translation>让所选类别向四周变宽。</translation>
    </message>
    <message>
        <source>Radius</source>
        <translation>半径</translation>
    </message>
    <message>
        <source>Shrink</source>
        <translation>收缩</translation>
    </message>
    <message>
        <source>Make the selected class narrower; its neighbours take over.</source>
        <translation>让所选类别变窄；由相邻类别接替。</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>Round off the border of the selected class.</source>
        <translation>使所选类别的边界变圆滑。</translation>
    </message>
    <message>
        <source>Remove specks</source>
        <translation>去除碎点</translation>
    </message>
    <message>
        <source>Give small pieces of the selected class to their neighbours.</source>
        <translation>把所选类别的小块交给相邻类别。</translation>
    </message>
    <message>
        <source>Smaller than</source>
        <translation>小于</translation>
    </message>
    <message>
        <source>Keep largest</source>
        <translation>保留最大</translation>
    </message>
    <message>
        <source>Keep the largest piece of the selected class; neighbours take the rest.</source>
        <translation>保留所选类别最大的一块；其余交给相邻类别。</translation>
    </message>
    <message>
        <source>Ignore is no class to scribble. Select a class.</source>
        <translation>“忽略”不能用来涂抹。请选择一个类别。</translation>
    </message>
    <message>
        <source>Finding superpixels</source>
        <translation>正在计算超像素</translation>
    </message>
    <message>
        <source>Tolerance {tolerance}</source>
        <translation>容差 {tolerance}</translation>
    </message>
</context>
<context>
    <name>segdesk/app</name>
    <message>
        <source>Label some pictures</source>
        <translation>标注几张图片</translation>
    </message>
    <message>
        <source>The sample model has an opinion on each picture: the dashed outlines. Accept it, go to the next picture, and do so for four of them.</source>
        <translation>示例模型对每张图片都有看法：即虚线轮廓。接受它，转到下一张图片，这样做四张。</translation>
    </message>
    <message>
        <source>Four pictures have labels. That is enough to train on.</source>
        <translation>四张图片已有标注，足够用来训练。</translation>
    </message>
    <message>
        <source>Train a model of your own</source>
        <translation>训练自己的模型</translation>
    </message>
    <message>
        <source>The form checks your labels and proposes the rest. Divide the pictures with Split; the length is set to 40 small iterations here. Press Start on the page Run, and watch the curves; they are counted above.</source>
        <translation>表单会检查你的标注并推荐其余设置。用“划分”划分图片；这里长度设为 40 次小迭代。在“运行”页按“开始训练”，观看曲线；进度显示在上方。</translation>
    </message>
    <message>
        <source>Your model is trained. It lies among the models.</source>
        <translation>你的模型已训练完成，就在模型列表中。</translation>
    </message>
    <message>
        <source>Let your model predict</source>
        <translation>让你的模型预测</translation>
    </message>
    <message>
        <source>Load your model, and go to a picture that has no labels yet. The model predicts it as soon as it is open.</source>
        <translation>加载你的模型，转到一张还没有标注的图片。图片一打开，模型就会预测。</translation>
    </message>
    <message>
        <source>That is what your model learned from four pictures.</source>
        <translation>这就是你的模型从四张图片中学到的。</translation>
    </message>
    <message>
        <source>Correct it</source>
        <translation>修正它</translation>
    </message>
    <message>
        <source>Accept what is right. Then choose the class nucleus, take the brush, and paint what it missed; the right button erases. All of it can be undone.</source>
        <translation>接受正确的部分。然后选择类别 nucleus，拿起画笔，补上它漏掉的；右键擦除。所有操作都可以撤销。</translation>
    </message>
    <message>
        <source>Corrected, and saved already. Each correction teaches the next training.</source>
        <translation>已修正并已保存。每次修正都会教给下一次训练。</translation>
    </message>
    <message>
        <source>Train again, or take it with you</source>
        <translation>再次训练，或把它带走</translation>
    </message>
    <message>
        <source>Train once more, from where your model is now and with the corrections. Or export it as one ONNX file that runs without SegDesk.</source>
        <translation>从模型现有的状态出发，连同修正再训练一次。或把它导出为一个 ONNX 文件，无需 SegDesk 即可运行。</translation>
    </message>
    <message>
        <source>That is the loop. Open images of your own and go round it with them.</source>
        <translation>这就是整个流程。打开自己的图像，照此进行吧。</translation>
    </message>
    <message>
        <source>{labelled} of {pictures} pictures</source>
        <translation>{pictures} 张图片中的 {labelled} 张</translation>
    </message>
    <message>
        <source>{iteration} of {total} iterations</source>
        <translation>第 {iteration} 次，共 {total} 次迭代</translation>
    </message>
</context>
<context>
    <name>segdesk/app/training</name>
    <message>
        <source>Accumulate</source>
        <translation>梯度累积</translation>
    </message>
    <message>
        <source>Mixed precision</source>
        <translation>混合精度</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>Images per step</source>
        <translation>每步图像数</translation>
    </message>
    <message>
        <source>Class weights</source>
        <translation>类别权重</translation>
    </message>
    <message>
        <source>Config</source>
        <translation>配置</translation>
    </message>
    <message>
        <source>Config text</source>
        <translation>配置文本</translation>
    </message>
    <message>
        <source>Crop</source>
        <translation>裁剪</translation>
    </message>
    <message>
        <source>Stop early</source>
        <translation>提前停止</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>轮数</translation>
    </message>
    <message>
        <source>Keep best by</source>
        <translation>按此保留最佳</translation>
    </message>
    <message>
        <source>Start from</source>
        <translation>起点</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>Unlabelled images</source>
        <translation>未标注的图像</translation>
    </message>
    <message>
        <source>Validate every</source>
        <translation>验证间隔</translation>
    </message>
    <message>
        <source>{name} {architecture_words}</source>
        <translation>{name} {architecture_words}</translation>
    </message>
    <message>
        <source>The data were not checked: {reason}</source>
        <translation>数据没有检查：{reason}</translation>
    </message>
    <message>
        <source>The data are still being checked</source>
        <translation>数据仍在检查中</translation>
    </message>
    <message numerus="yes">
        <source>{n} findings in Data must be fixed before training</source>
        <extracomment>One: {n} finding in Data must be fixed before training</extracomment>
        <translation><numerusform>训练前必须修复“数据”中的 {n} 个问题</numerusform></translation>
    </message>
    <message>
        <source>{field}: {words}</source>
        <translation>{field}：{words}</translation>
    </message>
    <message>
        <source>{name} without</source>
        <translation>{name}（不含）</translation>
    </message>
    <message>
        <source>The training was not started.</source>
        <translation>训练没有启动。</translation>
    </message>
    <message>
        <source>{name} {architecture}</source>
        <translation>{name} {architecture}</translation>
    </message>
    <message>
        <source>Use {architecture}</source>
        <translation>使用 {architecture}</translation>
    </message>
    <message>
        <source>Batch {batch_size} → {batch}</source>
        <translation>批大小 {batch_size} → {batch}</translation>
    </message>
    <message>
        <source>Let it adapt</source>
        <translation>允许自动调整</translation>
    </message>
    <message>
        <source>Crop {crop} → {less} px</source>
        <translation>裁剪 {crop} → {less} px</translation>
    </message>
    <message>
        <source>Recompute</source>
        <translation>重新计算</translation>
    </message>
    <message>
        <source>{name} has losses of its own: choose the recipe's</source>
        <translation>{name} 有自己的损失：请选择配方自带的</translation>
    </message>
    <message>
        <source>{name} classifies whole masks: choose no class weights</source>
        <translation>{name} 对整个掩码分类：请不要选择类别权重</translation>
    </message>
    <message>
        <source>Longer than the run: at most {max_iters:,}</source>
        <translation>超过运行长度：最多 {max_iters:,}</translation>
    </message>
    <message>
        <source>Only {validations:,} validations</source>
        <translation>只有 {validations:,} 次验证</translation>
    </message>
    <message>
        <source>Batch normalisation learns badly from one image</source>
        <translation>批归一化从一张图像中学不好</translation>
    </message>
    <message>
        <source>There are only {pairs:,} training images</source>
        <translation>只有 {pairs:,} 张训练图像</translation>
    </message>
    <message>
        <source>A multiple of {step} suits every network: {near:,}</source>
        <translation>{step} 的倍数适合每个网络：{near:,}</translation>
    </message>
    <message>
        <source>The data have no class {name!r}</source>
        <translation>数据中没有类别 {name!r}</translation>
    </message>
    <message>
        <source>{weights} weights for {classes} classes</source>
        <translation>{classes} 个类别对应 {weights} 个权重</translation>
    </message>
    <message>
        <source>The machine has {threads} threads</source>
        <translation>本机有 {threads} 个线程</translation>
    </message>
    <message>
        <source>{name} is not there any more</source>
        <translation>{name} 已不存在</translation>
    </message>
    <message>
        <source>{widths:,} × {heights:,}</source>
        <translation>{widths:,} × {heights:,}</translation>
    </message>
    <message>
        <source>Some images are smaller ({size}): they are filled up</source>
        <translation>有些图像较小（{size}）：会补齐</translation>
    </message>
    <message>
        <source>More than 0 is needed</source>
        <translation>需要大于 0</translation>
    </message>
    <message>
        <source>Between 0 and 1</source>
        <translation>介于 0 和 1 之间</translation>
    </message>
    <message>
        <source>Mixed precision needs a GPU of NVIDIA</source>
        <translation>混合精度需要 NVIDIA 的 GPU</translation>
    </message>
    <message>
        <source>So large a rate seldom learns</source>
        <translation>这么大的学习率很少能学好</translation>
    </message>
    <message>
        <source>The training ended without a word.</source>
        <translation>训练没有任何说明就结束了。</translation>
    </message>
    <message>
        <source>Its process was killed, or the machine went off. What it had written by then is whole.</source>
        <translation>其进程被终止，或机器关机。此前写出的内容是完整的。</translation>
    </message>
    <message>
        <source>Resume it: it goes on from its last checkpoint.</source>
        <translation>恢复它：会从最后一个检查点继续。</translation>
    </message>
    <message>
        <source>run {number}</source>
        <translation>运行 {number}</translation>
    </message>
    <message>
        <source>Run {number} · {architecture}</source>
        <translation>运行 {number} · {architecture}</translation>
    </message>
    <message>
        <source>{name} {value:.3f}</source>
        <translation>{name} {value:.3f}</translation>
    </message>
    <message>
        <source>{stamp}  iter {iteration}</source>
        <translation>{stamp}  iter {iteration}</translation>
    </message>
    <message>
        <source>lr {lr:.1e}</source>
        <translation>lr {lr:.1e}</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>{name} {value:.1f}</source>
        <translation>{name} {value:.1f}</translation>
    </message>
    <message>
        <source>{text}, {done:,} of {total:,}</source>
        <translation>{text}，{total:,} 中的 {done:,}</translation>
    </message>
    <message>
        <source>memory: {step}</source>
        <translation>内存：{step}</translation>
    </message>
    <message>
        <source>saved {name}</source>
        <translation>已保存 {name}</translation>
    </message>
    <message>
        <source>{stamp}  validated {iteration}  </source>
        <translation>{stamp}  已验证 {iteration}  </translation>
    </message>
    <message numerus="yes">
        <source>{name}, {n} threads</source>
        <extracomment>One: {name}, {n} thread</extracomment>
        <translation><numerusform>{name}，{n} 个线程</numerusform></translation>
    </message>
    <message>
        <source>Automatic: {choices}</source>
        <translation>自动：{choices}</translation>
    </message>
    <message>
        <source>{device}, not found</source>
        <translation>{device}，未找到</translation>
    </message>
    <message>
        <source>{title} was not taken off the list.</source>
        <translation>{title} 没有从列表移除。</translation>
    </message>
    <message>
        <source>{title} was not resumed.</source>
        <translation>{title} 没有恢复。</translation>
    </message>
    <message>
        <source>It is at work, or waits to be.</source>
        <translation>它正在进行或等待中。</translation>
    </message>
    <message>
        <source>Stop it first.</source>
        <translation>请先停止它。</translation>
    </message>
    <message>
        <source>It was trained by mmseg itself: what was asked is not known.</source>
        <translation>它由 mmseg 自身训练：当时的设置未知。</translation>
    </message>
    <message>
        <source>Train from its best checkpoint: Fine-tune from it.</source>
        <translation>请从其最佳检查点训练：“由此微调”。</translation>
    </message>
    <message>
        <source>learns from labels of {model} too</source>
        <translation>也从 {model} 的伪标签学习</translation>
    </message>
    <message>
        <source>{told}, no run without them to compare with</source>
        <translation>{told}，没有不含它们的运行可供比较</translation>
    </message>
    <message>
        <source>{gain:+.3f} mIoU by labels of {model}, against the run {name}</source>
        <translation>{model} 的伪标签使 mIoU 变化 {gain:+.3f}，与运行 {name} 相比</translation>
    </message>
    <message numerus="yes">
        <source>{n} trainings wait</source>
        <extracomment>One: A training waits</extracomment>
        <translation><numerusform>{n} 次训练在等待</numerusform></translation>
    </message>
    <message>
        <source>In the queue when SegDesk was closed: {names}.</source>
        <translation>SegDesk 关闭时在队列中：{names}。</translation>
    </message>
    <message>
        <source>Train {name}</source>
        <translation>训练 {name}</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Another run uses {work_dir} already.</source>
        <translation>另一个运行已在使用 {work_dir}。</translation>
    </message>
    <message>
        <source>Wait for its end, or give this run another name.</source>
        <translation>请等待它结束，或给该运行换一个名称。</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>{name} stopped: {kept} is kept</source>
        <translation>{name} 已停止：保留了 {kept}</translation>
    </message>
    <message>
        <source>{name} was not extended.</source>
        <translation>{name} 没有延长。</translation>
    </message>
    <message>
        <source>{name} broke off.</source>
        <translation>{name} 中断了。</translation>
    </message>
    <message>
        <source>Resume it: it goes on from its last checkpoint. If the memory ran out, a smaller batch or crop helps.</source>
        <translation>请恢复它：会从最后一个检查点继续。若内存耗尽，较小的批大小或裁剪会有帮助。</translation>
    </message>
    <message>
        <source>It has {max_iters:,} iterations; {max_iters2:,} is not more.</source>
        <translation>它有 {max_iters:,} 次迭代；{max_iters2:,} 并不更多。</translation>
    </message>
    <message>
        <source>Give more than {max_iters:,}.</source>
        <translation>请给出大于 {max_iters:,} 的值。</translation>
    </message>
</context>
<context>
    <name>segdesk/app/video</name>
    <message>
        <source>The frame</source>
        <translation>该帧</translation>
    </message>
    <message>
        <source>Frame {number:,}</source>
        <translation>第 {number:,} 帧</translation>
    </message>
    <message>
        <source>This image is no frame of the open video</source>
        <translation>这张图像不是所打开视频的帧</translation>
    </message>
    <message>
        <source>This is the last frame</source>
        <translation>这是最后一帧</translation>
    </message>
    <message>
        <source>Annotate this frame first</source>
        <translation>请先标注这一帧</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>帧</translation>
    </message>
    <message>
        <source>{stem} {kind}</source>
        <translation>{stem} {kind}</translation>
    </message>
    <message>
        <source>A video is being exported</source>
        <translation>正在导出视频</translation>
    </message>
    <message>
        <source>Choose a folder that is there.</source>
        <translation>请选择存在的文件夹。</translation>
    </message>
    <message>
        <source>{frames:,} frames, {rate:.1f} a second.</source>
        <translation>{frames:,} 帧，每秒 {rate:.1f} 帧。</translation>
    </message>
    <message>
        <source>{stem} {number}{ending}</source>
        <translation>{stem} {number}{ending}</translation>
    </message>
    <message>
        <source>Choose an empty or a new folder.</source>
        <translation>请选择空的或新的文件夹。</translation>
    </message>
    <message>
        <source>The name must end in .mp4.</source>
        <translation>名称必须以 .mp4 结尾。</translation>
    </message>
    <message>
        <source>{damaged:,} could not be decoded: others stand in.</source>
        <translation>{damaged:,} 帧无法解码：以其他帧代替。</translation>
    </message>
    <message>
        <source>That is the video itself. Choose another name.</source>
        <translation>那就是视频本身。请选择其他名称。</translation>
    </message>
    <message>
        <source>{name} is there already. Choose another name.</source>
        <translation>{name} 已存在。请选择其他名称。</translation>
    </message>
    <message>
        <source>optical flow</source>
        <translation>光流</translation>
    </message>
    <message>
        <source>Nothing was copied to the next frame.</source>
        <translation>没有复制到下一帧。</translation>
    </message>
    <message>
        <source>{name} has no labels.</source>
        <translation>{name} 没有标签。</translation>
    </message>
    <message>
        <source>Annotate this frame first.</source>
        <translation>请先标注这一帧。</translation>
    </message>
    <message>
        <source>The next frame shows something else: the film was cut there.</source>
        <translation>下一帧内容不同：影片在那里切换了镜头。</translation>
    </message>
    <message>
        <source>Annotate it by hand.</source>
        <translation>请手工标注。</translation>
    </message>
    <message>
        <source>{words} was not saved as an image.</source>
        <translation>{words} 没有保存为图像。</translation>
    </message>
    <message>
        <source>{folder} cannot be written: {reason}.</source>
        <translation>{folder} 无法写入：{reason}。</translation>
    </message>
    <message>
        <source>Choose another folder: the command “Frames go to”.</source>
        <translation>请选择其他文件夹：命令“帧的存放位置”。</translation>
    </message>
    <message>
        <source>Connect to {name}</source>
        <translation>连接到 {name}</translation>
    </message>
    <message>
        <source>Waiting for a picture</source>
        <translation>正在等待画面</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>Index {name}</source>
        <translation>索引 {name}</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>A folder of the open project {name}</source>
        <translation>所打开项目 {name} 的一个文件夹</translation>
    </message>
    <message>
        <source>Where they go now</source>
        <translation>现在的存放位置</translation>
    </message>
    <message>
        <source>Beside the video</source>
        <translation>视频旁边</translation>
    </message>
    <message>
        <source>A folder of its own</source>
        <translation>单独的文件夹</translation>
    </message>
    <message>
        <source>{file_name} {when}{suffix}</source>
        <translation>{file_name} {when}{suffix}</translation>
    </message>
    <message>
        <source>Nothing comes in</source>
        <translation>没有收到任何内容</translation>
    </message>
    <message>
        <source>Finish {name}</source>
        <translation>完成 {name}</translation>
    </message>
    <message>
        <source>{frames:,} frames, {size_bytes:,.1f} MB.</source>
        <translation>{frames:,} 帧，{size_bytes:,.1f} MB。</translation>
    </message>
    <message>
        <source>{stem} {number}{suffix}</source>
        <translation>{stem} {number}{suffix}</translation>
    </message>
    <message>
        <source>Nothing came in, so nothing was recorded</source>
        <translation>没有收到内容，因此没有录制</translation>
    </message>
    <message>
        <source>{dropped:,} frames came faster than they could be written.</source>
        <translation>{dropped:,} 帧到达太快，来不及写入。</translation>
    </message>
    <message>
        <source>{name} was recorded.</source>
        <translation>{name} 已录制。</translation>
    </message>
    <message>
        <source>Open it</source>
        <translation>打开它</translation>
    </message>
    <message>
        <source>rtsp://, http:// or udp://</source>
        <translation>rtsp://、http:// 或 udp://</translation>
    </message>
    <message>
        <source>Choose a camera, or type an address.</source>
        <translation>请选择摄像头，或输入地址。</translation>
    </message>
    <message>
        <source>An address begins with {examples}.</source>
        <translation>地址以 {examples} 开头。</translation>
    </message>
    <message>
        <source>The name of the host is missing.</source>
        <translation>缺少主机名。</translation>
    </message>
    <message>
        <source>{scheme}:// is not known here. {examples} are, among others.</source>
        <translation>这里不认识 {scheme}://。可用的有 {examples} 等。</translation>
    </message>
    <message>
        <source>Cameras are camera:0, camera:1, …</source>
        <translation>摄像头为 camera:0、camera:1…</translation>
    </message>
    <message>
        <source>Open a video first</source>
        <translation>请先打开视频</translation>
    </message>
    <message>
        <source>What is live has no frames to choose from</source>
        <translation>实时画面没有可选择的帧</translation>
    </message>
    <message>
        <source>{name} is still recorded</source>
        <translation>{name} 仍在录制</translation>
    </message>
</context>
<context>
    <name>segdesk/core</name>
    <message>
        <source>The shapes were not combined.</source>
        <translation>形状没有合并。</translation>
    </message>
    <message>
        <source>They have {edges:,} vertices together; the limit is {most_edges:,}. Both are still as they were.</source>
        <translation>它们共有 {edges:,} 个顶点；上限为 {most_edges:,}。两者都保持原样。</translation>
    </message>
    <message>
        <source>Combine them where they meet with the brush, or simplify them.</source>
        <translation>请用画笔在相接处合并，或简化它们。</translation>
    </message>
    <message>
        <source>Camera {number}</source>
        <translation>摄像头 {number}</translation>
    </message>
    <message>
        <source>There is no {name} on this machine.</source>
        <translation>本机没有 {name}。</translation>
    </message>
    <message>
        <source>You may not use {device}: add yourself to the group “video”.</source>
        <translation>你无权使用 {device}：请把自己加入“video”组。</translation>
    </message>
    <message>
        <source>Merge {names} into {target}</source>
        <translation>把{names}合并到{target}</translation>
    </message>
    <message>
        <source>Delete {names}</source>
        <translation>删除{names}</translation>
    </message>
    <message>
        <source>Reorder classes</source>
        <translation>调整类别顺序</translation>
    </message>
    <message>
        <source>{names} was not deleted.</source>
        <translation>{names}没有删除。</translation>
    </message>
    <message>
        <source>It is the only class.</source>
        <translation>它是唯一的类别。</translation>
    </message>
    <message>
        <source>Add another class first, or rename this one.</source>
        <translation>请先添加另一个类别，或重命名这个类别。</translation>
    </message>
    <message>
        <source>{width:,} × {height:,} px</source>
        <translation>{width:,} × {height:,} px</translation>
    </message>
    <message>
        <source>Nothing was cut out.</source>
        <translation>没有抠取任何内容。</translation>
    </message>
    <message>
        <source>The box is {extent}; it needs {smallest_box_px} px on each side.</source>
        <translation>方框为 {extent}；每边至少需要 {smallest_box_px} px。</translation>
    </message>
    <message>
        <source>Draw it round the whole thing.</source>
        <translation>请围着整个物体画框。</translation>
    </message>
    <message>
        <source>The box is {extent}, {area:.0f} MP; the limit is {largest_box_px:.0f} MP.</source>
        <translation>方框为 {extent}，{area:.0f} MP；上限为 {largest_box_px:.0f} MP。</translation>
    </message>
    <message>
        <source>Draw a smaller box, or use the edge lasso.</source>
        <translation>请画小一些的框，或使用边缘套索。</translation>
    </message>
    <message>
        <source>A bundle takes no further packages: install SegDesk with pip for this one.</source>
        <translation>打包版无法再加装软件包：需要时请用 pip 安装 SegDesk。</translation>
    </message>
    <message>
        <source>Of {count} bands these are shown: {names}.</source>
        <translation>共 {count} 个波段，显示其中：{names}。</translation>
    </message>
    <message>
        <source>Only the first of {frames:,} frames was read.</source>
        <translation>{frames:,} 帧中只读取了第一帧。</translation>
    </message>
    <message>
        <source>Transparency was dropped.</source>
        <translation>透明度已丢弃。</translation>
    </message>
    <message>
        <source>CMYK was converted to RGB without its colour profile.</source>
        <translation>CMYK 已转换为 RGB，未使用其颜色配置。</translation>
    </message>
    <message>
        <source>The fourth band was dropped.</source>
        <translation>第四个波段已丢弃。</translation>
    </message>
    <message>
        <source>It is not an image: its first bytes belong to no format that is read here.</source>
        <translation>它不是图像：开头的字节不属于这里能读取的任何格式。</translation>
    </message>
    <message>
        <source>Convert it to PNG, JPEG, TIFF, WebP, BMP or GIF.</source>
        <translation>请转换为 PNG、JPEG、TIFF、WebP、BMP 或 GIF。</translation>
    </message>
    <message>
        <source>The file ends before the picture does: it has {size:,} bytes.</source>
        <translation>文件在图片结束之前就中断了：只有 {size:,} 字节。</translation>
    </message>
    <message>
        <source>It begins like a {name}, but its data are damaged.</source>
        <translation>它的开头像 {name}，但数据已损坏。</translation>
    </message>
    <message>
        <source>Copy or download it again.</source>
        <translation>请重新复制或下载。</translation>
    </message>
    <message>
        <source>Its width or height is 0: it has no pixels.</source>
        <translation>其宽或高为 0：没有像素。</translation>
    </message>
    <message>
        <source>Export it again.</source>
        <translation>请重新导出。</translation>
    </message>
    <message>
        <source>The file is empty: 0 bytes.</source>
        <translation>文件为空：0 字节。</translation>
    </message>
    <message>
        <source>It has {width:,} × {height:,} pixels; the limit is {max_pixels} million.</source>
        <translation>它有 {width:,} × {height:,} 像素；上限为 {max_pixels} 百万。</translation>
    </message>
    <message>
        <source>Cut it into tiles and open those.</source>
        <translation>请切成小块再打开。</translation>
    </message>
    <message>
        <source>There is no such file.</source>
        <translation>没有这个文件。</translation>
    </message>
    <message>
        <source>Check the name, or choose it again.</source>
        <translation>请检查名称，或重新选择。</translation>
    </message>
    <message>
        <source>This machine has not enough free memory for its pixels.</source>
        <translation>本机没有足够的空闲内存容纳其像素。</translation>
    </message>
    <message>
        <source>Close other programs, or cut it into tiles.</source>
        <translation>请关闭其他程序，或把它切成小块。</translation>
    </message>
    <message>
        <source>It is a folder.</source>
        <translation>它是文件夹。</translation>
    </message>
    <message>
        <source>Open it as a folder of images.</source>
        <translation>请作为图像文件夹打开。</translation>
    </message>
    <message>
        <source>You may not read it.</source>
        <translation>你没有读取权限。</translation>
    </message>
    <message>
        <source>Have its owner give you the right to read it.</source>
        <translation>请让其所有者给你读取权限。</translation>
    </message>
    <message>
        <source>The system does not open it: {error}.</source>
        <translation>系统无法打开它：{error}。</translation>
    </message>
    <message>
        <source>Check that its disk is still connected.</source>
        <translation>请检查其磁盘是否仍然连接。</translation>
    </message>
    <message>
        <source>, each band for itself</source>
        <translation>，各波段分别拉伸</translation>
    </message>
    <message>
        <source>Values from {ranges} were stretched to 0–255{alone}.</source>
        <translation>{ranges} 的数值已拉伸到 0–255{alone}。</translation>
    </message>
    <message>
        <source>There is no such folder.</source>
        <translation>没有这个文件夹。</translation>
    </message>
    <message>
        <source>Check the name.</source>
        <translation>请检查名称。</translation>
    </message>
    <message>
        <source>It is a file.</source>
        <translation>它是文件。</translation>
    </message>
    <message>
        <source>Open it as an image.</source>
        <translation>请作为图像打开。</translation>
    </message>
    <message>
        <source>and {rows} more</source>
        <translation>及另外 {rows} 个</translation>
    </message>
    <message>
        <source>The image was not opened.</source>
        <translation>图像没有打开。</translation>
    </message>
    <message>
        <source>It takes {size:,.0f} MB on the disk of {folder}, and the system says: {reason}.</source>
        <translation>它在 {folder} 的磁盘上需要 {size:,.0f} MB，而系统报告：{reason}。</translation>
    </message>
    <message>
        <source>Free some room there, then open it again.</source>
        <translation>请在那里腾出空间，然后重新打开。</translation>
    </message>
    <message>
        <source>The images were not split.</source>
        <translation>图像没有划分。</translation>
    </message>
    <message>
        <source>The shares add up to {total:.0%}.</source>
        <translation>各份额之和为 {total:.0%}。</translation>
    </message>
    <message>
        <source>Choose shares that add up to 100 %.</source>
        <translation>请选择总和为 100 % 的份额。</translation>
    </message>
    <message>
        <source>{item} stands in the lists of {other} and of {split}.</source>
        <translation>{item} 同时在 {other} 和 {split} 的列表中。</translation>
    </message>
    <message>
        <source>Take it out of one of them.</source>
        <translation>请从其中一个去掉它。</translation>
    </message>
    <message>
        <source>There are {there:,} labelled images, and at least {needed:,} are needed to say how often a model is right. Nothing was changed.</source>
        <translation>有 {there:,} 张已标注图像，而要判断模型多常正确至少需要 {needed:,} 张。没有任何更改。</translation>
    </message>
    <message>
        <source>There are {there:,} labelled pixels, and at least {needed:,} are needed to say how often a model is right. Nothing was changed.</source>
        <translation>有 {there:,} 个已标注像素，而要判断模型多常正确至少需要 {needed:,} 个。没有任何更改。</translation>
    </message>
    <message>
        <source>The model is wrong at {there:,} of the pixels that were looked at, and at least {needed:,} are needed to say how sure it may be. Nothing was changed.</source>
        <translation>在查看过的像素中模型错了 {there:,} 个，而要判断它可以多有把握至少需要 {needed:,} 个。没有任何更改。</translation>
    </message>
    <message>
        <source>The confidence was not calibrated.</source>
        <translation>置信度没有校准。</translation>
    </message>
    <message>
        <source>Label more images of the validation set, or calibrate on another split.</source>
        <translation>请标注更多验证图像，或在其他划分上校准。</translation>
    </message>
    <message>
        <source>{count} validations show how it goes and cost little.</source>
        <translation>{count} 次验证足以看出进展，代价很小。</translation>
    </message>
    <message>
        <source>A checkpoint with each validation: no more than that is lost.</source>
        <translation>每次验证都保存检查点：最多损失这么多。</translation>
    </message>
    <message>
        <source>Curves get a point often enough to be smooth.</source>
        <translation>曲线的点足够密，显得平滑。</translation>
    </message>
    <message>
        <source>The recipe's own, with its schedule scaled to this length.</source>
        <translation>配方自带的，其调度按此长度缩放。</translation>
    </message>
    <message>
        <source>It sees wide context and refines borders, which suits {size}.</source>
        <translation>它能看到较大的上下文并细化边界，适合{size}。</translation>
    </message>
    <message>
        <source>{steps} batches make one step, as steady as one of {steps2}.</source>
        <translation>{steps} 个批次合成一步，与 {steps2} 个图像的批次一样平稳。</translation>
    </message>
    <message>
        <source>Scale, crop, mirror and colour, as usual.</source>
        <translation>缩放、裁剪、镜像和颜色，照常。</translation>
    </message>
    <message>
        <source>{name!r} covers {share:.2%} of the labelled pixels</source>
        <translation>{name!r} 占已标注像素的 {share:.2%}</translation>
    </message>
    <message>
        <source>The recipe's own, with weights.</source>
        <translation>配方自带的，带权重。</translation>
    </message>
    <message>
        <source>{rare}: weights keep it from being passed over.</source>
        <translation>{rare}：权重使其不会被忽视。</translation>
    </message>
    <message>
        <source>Every class counts alike.</source>
        <translation>每个类别同等对待。</translation>
    </message>
    <message>
        <source>{count} processes read and change images while the network works.</source>
        <translation>网络工作时，{count} 个进程读取并变换图像。</translation>
    </message>
    <message>
        <source>The {pairs:,} images are seen about {times} times; </source>
        <translation>{pairs:,} 张图像约各看 {times} 次；</translation>
    </message>
    <message>
        <source>objects of about {smallest:.0f} px</source>
        <translation>约 {smallest:.0f} px 的物体</translation>
    </message>
    <message>
        <source>the objects</source>
        <translation>这些物体</translation>
    </message>
    <message>
        <source>It works at half of the picture's resolution, so {size} stay visible; others see at an eighth.</source>
        <translation>它以图片一半的分辨率工作，使{size}仍然可见；其他网络只有八分之一。</translation>
    </message>
    <message>
        <source>The fastest on a processor, and {size} are large enough for it.</source>
        <translation>在处理器上最快，而且{size}对它来说足够大。</translation>
    </message>
    <message>
        <source>Its branch for borders keeps {size} sharp.</source>
        <translation>它的边界分支使{size}保持清晰。</translation>
    </message>
    <message>
        <source>The usual image is {shorter:,} px at its shorter side: a crop takes in nearly all of it and is not filled up.</source>
        <translation>常见图像的短边为 {shorter:,} px：一次裁剪几乎包含整张图像，无需补齐。</translation>
    </message>
    <message>
        <source>{batch} crops should fit into {memory_mb:.0f} GB; Probe measures it.</source>
        <translation>{batch} 个裁剪应能放入 {memory_mb:.0f} GB；试跑会测量。</translation>
    </message>
    <message>
        <source>{batch} crops steady a step and do not slow it much.</source>
        <translation>{batch} 个裁剪使每步更平稳，又不会慢很多。</translation>
    </message>
    <message>
        <source>There are {pairs} images; a batch needs two crops at least.</source>
        <translation>有 {pairs} 张图像；一个批次至少需要两个裁剪。</translation>
    </message>
    <message>
        <source>Each batch is a step of its own.</source>
        <translation>每个批次就是一步。</translation>
    </message>
    <message>
        <source>{pairs} images are few, but a training that a processor ends in time is too short to learn them by heart.</source>
        <translation>{pairs} 张图像不多，但处理器能及时完成的训练太短，不至于死记它们。</translation>
    </message>
    <message>
        <source>{pairs} images are few: changing them more keeps the network from learning them by heart.</source>
        <translation>{pairs} 张图像不多：更多变换可防止网络死记它们。</translation>
    </message>
    <message>
        <source>{pairs:,} images vary enough by themselves.</source>
        <translation>{pairs:,} 张图像本身已足够多样。</translation>
    </message>
    <message>
        <source>The classes are balanced well enough for the recipe's own.</source>
        <translation>类别足够平衡，可用配方自带的。</translation>
    </message>
    <message>
        <source>No class is so rare that it needs weight.</source>
        <translation>没有类别稀少到需要权重。</translation>
    </message>
    <message>
        <source>{rare}: Dice counts overlap, not pixels, and does not lose it.</source>
        <translation>{rare}：Dice 计算重叠而非像素，不会漏掉它。</translation>
    </message>
    <message>
        <source>Dice balances already; weights would count twice.</source>
        <translation>Dice 已经起到平衡作用；再加权重会重复计算。</translation>
    </message>
    <message>
        <source>What counts is {names!r}; background is right nearly always.</source>
        <translation>重要的是 {names!r}；背景几乎总是正确的。</translation>
    </message>
    <message>
        <source>Half the memory and more speed at the same scores.</source>
        <translation>内存减半、速度更快，得分相同。</translation>
    </message>
    <message>
        <source>It needs a GPU of NVIDIA.</source>
        <translation>它需要 NVIDIA 的 GPU。</translation>
    </message>
    <message>
        <source>a processor would need hours for more.</source>
        <translation>处理器再多训练需要数小时。</translation>
    </message>
    <message>
        <source>validation tells when it no longer gains.</source>
        <translation>不再提升时验证会告知。</translation>
    </message>
    <message>
        <source>For {size} it is fine enough, and small enough for a processor.</source>
        <translation>对{size}来说足够精细，对处理器来说也足够小。</translation>
    </message>
    <message>
        <source>Parts of {crop} px of the usual {shorter:,}: enough context, and a step </source>
        <translation>从通常 {shorter:,} px 中取 {crop} px 的部分：上下文足够，且每步</translation>
    </message>
    <message>
        <source>So few images are read as fast without workers.</source>
        <translation>图像这么少，不用工作进程也一样快。</translation>
    </message>
    <message>
        <source>With so few threads they would get in the way of the training.</source>
        <translation>线程这么少，它们会妨碍训练。</translation>
    </message>
    <message>
        <source>does not take long.</source>
        <translation>用时不长。</translation>
    </message>
    <message>
        <source>fits into memory.</source>
        <translation>放得进内存。</translation>
    </message>
    <message>
        <source>The header says {said:,} frames; {count:,} are there.</source>
        <translation>文件头称有 {said:,} 帧；实际有 {count:,} 帧。</translation>
    </message>
    <message>
        <source>{named} was not opened.</source>
        <translation>{named} 没有打开。</translation>
    </message>
    <message>
        <source>It has a video track, but no frame in it.</source>
        <translation>它有视频轨道，但其中没有帧。</translation>
    </message>
    <message>
        <source>Record or copy it again.</source>
        <translation>请重新录制或复制。</translation>
    </message>
    <message>
        <source>None of its frames can be decoded ({codec}).</source>
        <translation>它的帧都无法解码（{codec}）。</translation>
    </message>
    <message>
        <source>Convert it to H.264 in an .mp4 file, or copy it again.</source>
        <translation>请转换为 .mp4 文件中的 H.264，或重新复制。</translation>
    </message>
    <message>
        <source>unknown compression</source>
        <translation>未知的压缩方式</translation>
    </message>
    <message>
        <source>Frame {number:,} was not read.</source>
        <translation>第 {number:,} 帧没有读取。</translation>
    </message>
    <message>
        <source>{named} is broken there, and no frame before it can be decoded.</source>
        <translation>{named} 在那里损坏，且之前没有可解码的帧。</translation>
    </message>
    <message>
        <source>Choose a later frame, or copy the file again.</source>
        <translation>请选择较后的帧，或重新复制文件。</translation>
    </message>
    <message>
        <source>It sent nothing for {read_s:g} seconds.</source>
        <translation>它有 {read_s:g} 秒没有发送任何内容。</translation>
    </message>
    <message>
        <source>The connection broke off.</source>
        <translation>连接中断了。</translation>
    </message>
    <message>
        <source>{named} stopped.</source>
        <translation>{named} 已停止。</translation>
    </message>
    <message>
        <source>{source} was not opened.</source>
        <translation>{source} 没有打开。</translation>
    </message>
    <message>
        <source>The camera gives no more pictures.</source>
        <translation>摄像头不再提供画面。</translation>
    </message>
    <message>
        <source>Check the camera and the network, then start it again.</source>
        <translation>请检查摄像头和网络，然后重新开始。</translation>
    </message>
    <message>
        <source>The attempt to connect broke off.</source>
        <translation>连接的尝试中断了。</translation>
    </message>
    <message>
        <source>Try it again.</source>
        <translation>请再试一次。</translation>
    </message>
    <message>
        <source>{number!r} is no number of a camera.</source>
        <translation>{number!r} 不是摄像头编号。</translation>
    </message>
    <message>
        <source>Cameras are camera:0, camera:1 and so on.</source>
        <translation>摄像头为 camera:0、camera:1 等。</translation>
    </message>
    <message>
        <source>Connect it, close the other program, or try another number.</source>
        <translation>请连接它，关闭其他程序，或试试其他编号。</translation>
    </message>
    <message>
        <source>The sender ended the stream.</source>
        <translation>发送端结束了视频流。</translation>
    </message>
    <message>
        <source>There is no such camera, or another program uses it.</source>
        <translation>没有这个摄像头，或其他程序正在使用它。</translation>
    </message>
    <message>
        <source>Check the address, and that the sender is running.</source>
        <translation>请检查地址，以及发送端是否在运行。</translation>
    </message>
    <message>
        <source>It is no video in a container that SegDesk knows.</source>
        <translation>它不是 SegDesk 所认识的容器中的视频。</translation>
    </message>
    <message>
        <source>Convert it to H.264 in an .mp4 file.</source>
        <translation>请转换为 .mp4 文件中的 H.264。</translation>
    </message>
    <message>
        <source>It has no video track.</source>
        <translation>它没有视频轨道。</translation>
    </message>
    <message>
        <source>Choose a file with pictures in it.</source>
        <translation>请选择含有画面的文件。</translation>
    </message>
    <message>
        <source>It did not answer within {open_s:g} seconds.</source>
        <translation>它在 {open_s:g} 秒内没有回应。</translation>
    </message>
    <message>
        <source>Check that the camera is on and reachable from this machine.</source>
        <translation>请检查摄像头是否开启，以及能否从本机访问。</translation>
    </message>
    <message>
        <source>It asks for a name and a password, or does not take the ones given.</source>
        <translation>它需要用户名和密码，或不接受所给的。</translation>
    </message>
    <message>
        <source>Give them in the address: rtsp://name:password@host/path.</source>
        <translation>请写在地址中：rtsp://name:password@host/path。</translation>
    </message>
    <message>
        <source>{path} is not there.</source>
        <translation>{path} 不存在。</translation>
    </message>
    <message>
        <source>Check its name.</source>
        <translation>请检查其名称。</translation>
    </message>
    <message>
        <source>{path} is a folder.</source>
        <translation>{path} 是文件夹。</translation>
    </message>
    <message>
        <source>Choose a file.</source>
        <translation>请选择文件。</translation>
    </message>
    <message>
        <source>Have its owner give you the right to.</source>
        <translation>请让其所有者给你权限。</translation>
    </message>
    <message>
        <source>It is empty.</source>
        <translation>它是空的。</translation>
    </message>
    <message>
        <source>Copy it again.</source>
        <translation>请重新复制。</translation>
    </message>
    <message>
        <source>Its table of contents is missing or broken, as when a recording or a copy was cut off.</source>
        <translation>其目录信息缺失或损坏，可能是录制或复制中断所致。</translation>
    </message>
    <message>
        <source>Copy it again; a repair tool for .mp4 files may save what is there.</source>
        <translation>请重新复制；.mp4 修复工具也许能挽救已有内容。</translation>
    </message>
    <message>
        <source>It is compressed in a way that is not known here.</source>
        <translation>它的压缩方式在这里未知。</translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>Semantic FPN</source>
        <translation>Semantic FPN</translation>
    </message>
</context>
<context>
    <name>segdesk/engine/batch</name>
    <message>
        <source>model {id}</source>
        <translation>模型 {id}</translation>
    </message>
    <message>
        <source>{there:,} of {states:,} images are predicted; {out_dir} lists them.</source>
        <translation>{states:,} 张图像中已预测 {there:,} 张；{out_dir} 列出了它们。</translation>
    </message>
    <message>
        <source>The images were not predicted.</source>
        <translation>图像没有预测。</translation>
    </message>
    <message>
        <source>an earlier training of {model_id}</source>
        <translation>{model_id} 更早的一次训练</translation>
    </message>
    <message>
        <source>{name} was not predicted.</source>
        <translation>{name} 没有预测。</translation>
    </message>
    <message>
        <source>Open it in the window to see whether it can be predicted alone.</source>
        <translation>请在窗口中打开它，看看能否单独预测。</translation>
    </message>
    <message>
        <source>{asked} is to be written, and {id} does not tell how sure it is.</source>
        <translation>要写出{asked}，而 {id} 不给出置信度。</translation>
    </message>
    <message>
        <source>Leave it out of what is saved, or choose another model.</source>
        <translation>请不要保存这一项，或选择其他模型。</translation>
    </message>
    <message>
        <source>{out_dir} holds results of {what}; mixing the two would leave no way to tell them apart.</source>
        <translation>{out_dir} 存有{what}的结果；混在一起就无法区分。</translation>
    </message>
    <message>
        <source>Choose another folder, or allow results to be overwritten.</source>
        <translation>请选择其他文件夹，或允许覆盖结果。</translation>
    </message>
    <message>
        <source>Ray, which --ray needs, is not installed.</source>
        <translation>--ray 所需的 Ray 没有安装。</translation>
    </message>
    <message>
        <source>No Ray cluster answers at {address}.</source>
        <translation>{address} 没有 Ray 集群回应。</translation>
    </message>
    <message>
        <source>Start one with `ray start --head`, or give --ray local.</source>
        <translation>请用 `ray start --head` 启动一个，或使用 --ray local。</translation>
    </message>
    <message>
        <source>The worker that had it ended, and so did those after it.</source>
        <translation>处理它的工作进程结束了，其后的也是。</translation>
    </message>
    <message>
        <source>Check that the model and the folders are there on all machines.</source>
        <translation>请检查模型和文件夹在所有机器上都存在。</translation>
    </message>
    <message>
        <source>Run `pip install 'segdesk[cluster]'`, here and on every machine.</source>
        <translation>请在这里和每台机器上运行 `pip install 'segdesk[cluster]'`。</translation>
    </message>
    <message>
        <source>The images were not ranked.</source>
        <translation>图像没有排序。</translation>
    </message>
    <message>
        <source>{name} knows {other}, and the model {own}: no class in common.</source>
        <translation>{name} 认识 {other}，该模型认识 {own}：没有共同的类别。</translation>
    </message>
    <message>
        <source>Choose two models of the same classes.</source>
        <translation>请选择类别相同的两个模型。</translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>mmcv was built without the operator {op}</source>
        <translation>mmcv 编译时没有算子 {op}</translation>
    </message>
    <message>
        <source>The model was not built.</source>
        <translation>模型没有构建。</translation>
    </message>
    <message>
        <source>Its config asks to download {filename} by itself.</source>
        <translation>其配置要求自行下载 {filename}。</translation>
    </message>
    <message>
        <source>Download the weights first and name the file.</source>
        <translation>请先下载权重并指定文件。</translation>
    </message>
    <message>
        <source>not collected: {error}</source>
        <translation>未收集：{error}</translation>
    </message>
    <message>
        <source>It holds weights of another program, not of an MMSegmentation model: its first entries are {names}.</source>
        <translation>它含有其他程序的权重，而非 MMSegmentation 模型：最前面的条目是 {names}。</translation>
    </message>
    <message>
        <source>Choose a .pth that MMSegmentation or SegDesk wrote.</source>
        <translation>请选择 MMSegmentation 或 SegDesk 写出的 .pth。</translation>
    </message>
    <message>
        <source>It names {names} classes; a label map holds {max_classes}.</source>
        <translation>它有 {names} 个类别名称；标签图可容纳 {max_classes} 个。</translation>
    </message>
    <message>
        <source>Choose a model with fewer classes.</source>
        <translation>请选择类别较少的模型。</translation>
    </message>
    <message>
        <source>{name} was not written.</source>
        <translation>{name} 没有写出。</translation>
    </message>
    <message>
        <source>{folder} did not take all of it.</source>
        <translation>{folder} 没能全部写下。</translation>
    </message>
    <message>
        <source>Free some space or choose another folder, then try again.</source>
        <translation>请腾出空间或选择其他文件夹，然后重试。</translation>
    </message>
</context>
<context>
    <name>segdesk/engine/confidence</name>
    <message>
        <source>Looking how sure the model may be</source>
        <translation>正在查看模型可以多有把握</translation>
    </message>
    <message>
        <source>Fitting the temperature</source>
        <translation>正在拟合温度</translation>
    </message>
    <message>
        <source>The model names a class for each pixel and not how sure it is.</source>
        <translation>该模型只给出每个像素的类别，不给出置信度。</translation>
    </message>
    <message>
        <source>Calibrate the model that it was exported from.</source>
        <translation>请校准它导出前的模型。</translation>
    </message>
    <message>
        <source>Looking at {name}</source>
        <translation>正在查看 {name}</translation>
    </message>
    <message>
        <source>{name} was not looked at.</source>
        <translation>{name} 没有查看。</translation>
    </message>
    <message>
        <source>Its mask is of another size than the image.</source>
        <translation>其掩码的尺寸与图像不同。</translation>
    </message>
    <message>
        <source>Export the mask again at the image's size.</source>
        <translation>请按图像的尺寸重新导出掩码。</translation>
    </message>
    <message>
        <source>The images were not labelled.</source>
        <translation>图像没有标注。</translation>
    </message>
    <message>
        <source>Of {count} images, the model is {threshold:.0%} sure of not a single pixel, and {failed} could not be predicted.</source>
        <translation>{count} 张图像中，模型没有一个像素达到 {threshold:.0%} 的把握，另有 {failed} 张无法预测。</translation>
    </message>
    <message>
        <source>Choose a lower confidence, or a better model.</source>
        <translation>请选择较低的置信度，或更好的模型。</translation>
    </message>
    <message>
        <source>The confidence is {confidence}.</source>
        <translation>置信度为 {confidence}。</translation>
    </message>
    <message>
        <source>Give a number from 0 to 1, such as 0.9.</source>
        <translation>请给出 0 到 1 之间的数，如 0.9。</translation>
    </message>
    <message>
        <source>Choose the model that it was exported from.</source>
        <translation>请选择它导出前的模型。</translation>
    </message>
    <message>
        <source>{name} was not labelled.</source>
        <translation>{name} 没有标注。</translation>
    </message>
</context>
<context>
    <name>segdesk/engine/config</name>
    <message>
        <source>Mixed precision (amp) needs a GPU of NVIDIA; this would run on {device}.</source>
        <translation>混合精度（amp）需要 NVIDIA 的 GPU；而这里会在 {device} 上运行。</translation>
    </message>
    <message>
        <source>Switch it off, or choose such a GPU.</source>
        <translation>请关闭它，或选择这样的 GPU。</translation>
    </message>
    <message>
        <source>keep_best is {name!r}, which no validation measures here.</source>
        <translation>keep_best 是 {name!r}，这里没有验证会测量它。</translation>
    </message>
    <message>
        <source>Choose {scores}, or {class_score} and one of: {classes}.</source>
        <translation>请选择 {scores}，或 {class_score} 加以下之一：{classes}。</translation>
    </message>
    <message>
        <source>The learning rate is {lr}.</source>
        <translation>学习率为 {lr}。</translation>
    </message>
    <message>
        <source>Give a number above 0, such as 0.001.</source>
        <translation>请给出大于 0 的数，如 0.001。</translation>
    </message>
    <message>
        <source>epochs is {epochs}.</source>
        <translation>轮数为 {epochs}。</translation>
    </message>
    <message>
        <source>Give a number above 0, such as 10 or 0.5.</source>
        <translation>请给出大于 0 的数，如 10 或 0.5。</translation>
    </message>
    <message>
        <source>pseudo_weight is {weight}.</source>
        <translation>pseudo_weight 为 {weight}。</translation>
    </message>
    <message>
        <source>Give a number from 0.05 to 1; 0.5 lets labels by hand lead.</source>
        <translation>请给出 0.05 到 1 之间的数；0.5 使手工标注占主导。</translation>
    </message>
    <message>
        <source>There are {class_weights} class weights and {classes} classes.</source>
        <translation>有 {class_weights} 个类别权重和 {classes} 个类别。</translation>
    </message>
    <message>
        <source>Give one weight for each class, in their order.</source>
        <translation>请按顺序为每个类别给出一个权重。</translation>
    </message>
    <message>
        <source>A class weight is below 0 or not a number.</source>
        <translation>有类别权重小于 0 或不是数。</translation>
    </message>
    <message>
        <source>Give weights from 0 up; 1 leaves a class as it is.</source>
        <translation>请给出不小于 0 的权重；1 使类别保持原样。</translation>
    </message>
    <message>
        <source>{name} is {value}; the least that works is {bound}.</source>
        <translation>{name} 为 {value}；最小可用值为 {bound}。</translation>
    </message>
    <message>
        <source>Give {bound} or more.</source>
        <translation>请给出 {bound} 或更大的值。</translation>
    </message>
    <message>
        <source>The edited config</source>
        <translation>编辑后的配置</translation>
    </message>
    <message>
        <source>{name} cannot be trained with.</source>
        <translation>{name} 无法用于训练。</translation>
    </message>
    <message>
        <source>It has no {missing}.</source>
        <translation>它没有 {missing}。</translation>
    </message>
    <message>
        <source>Put that part back, or go back to the built config.</source>
        <translation>请恢复那一部分，或回到生成的配置。</translation>
    </message>
    <message>
        <source>Line {line}: nothing reads {full!r}, so it would change nothing.</source>
        <translation>第 {line} 行：没有内容读取 {full!r}，因此不会有任何作用。</translation>
    </message>
    <message>
        <source>train_cfg has no max_iters; trainings here count iterations.</source>
        <translation>train_cfg 没有 max_iters；这里的训练按迭代计数。</translation>
    </message>
    <message>
        <source>Write train_cfg = dict(type="IterBasedTrainLoop", max_iters=1000).</source>
        <translation>请写 train_cfg = dict(type="IterBasedTrainLoop", max_iters=1000)。</translation>
    </message>
    <message>
        <source>Line {line} is not Python: {reason}.</source>
        <translation>第 {line} 行不是 Python：{reason}。</translation>
    </message>
    <message>
        <source>Mend the line, or go back to the built config.</source>
        <translation>请修正该行，或回到生成的配置。</translation>
    </message>
    <message>
        <source>The nearest known name is {near!r}.</source>
        <translation>最接近的已知名称是 {near!r}。</translation>
    </message>
    <message>
        <source>Take the line out.</source>
        <translation>请去掉该行。</translation>
    </message>
    <message>
        <source>{pooling} cannot learn from one picture at a time: it normalises over the pictures of a batch.</source>
        <translation>{pooling} 不能一次只从一张图片学习：它对一个批次的图片做归一化。</translation>
    </message>
    <message>
        <source>Choose a batch size of 2 or more.</source>
        <translation>请选择 2 或更大的批大小。</translation>
    </message>
    <message>
        <source>{head} has losses of its own for each of its outputs; {loss} cannot take their place.</source>
        <translation>{head} 对其每个输出都有自己的损失；{loss} 无法代替它们。</translation>
    </message>
    <message>
        <source>Choose the recipe's loss, or another architecture.</source>
        <translation>请选择配方自带的损失，或其他架构。</translation>
    </message>
    <message>
        <source>{head} classifies whole masks, not pixels: weights of classes have no place in it.</source>
        <translation>{head} 对整个掩码而非像素分类：其中没有类别权重的位置。</translation>
    </message>
    <message>
        <source>Choose no class weights, or another architecture.</source>
        <translation>请不要选择类别权重，或选择其他架构。</translation>
    </message>
    <message>
        <source>The file name {name!a} cannot stand in a list of names: it begins or ends with a space, or is not UTF-8.</source>
        <translation>文件名 {name!a} 不能写在名称列表中：它以空格开头或结尾，或不是 UTF-8。</translation>
    </message>
    <message>
        <source>Rename the image and its mask.</source>
        <translation>请重命名图像及其掩码。</translation>
    </message>
    <message>
        <source>There is no architecture {architecture!r}.</source>
        <translation>没有架构 {architecture!r}。</translation>
    </message>
    <message>
        <source>Choose one of: {names}, or zoo: and the name of an entry of the model zoo.</source>
        <translation>请选择其中之一：{names}，或 zoo: 加 Model Zoo 条目的名称。</translation>
    </message>
    <message>
        <source>The model zoo has no entry {name!r}.</source>
        <translation>Model Zoo 没有条目 {name!r}。</translation>
    </message>
    <message>
        <source>{architecture} cannot be trained here. {reason}.</source>
        <translation>{architecture} 在这里无法训练。{reason}。</translation>
    </message>
    <message>
        <source>{name} names no model.</source>
        <translation>{name} 没有指明模型。</translation>
    </message>
    <message>
        <source>Choose the config.py that a training wrote into its folder.</source>
        <translation>请选择训练写入其文件夹的 config.py。</translation>
    </message>
    <message>
        <source>The nearest names are: {names}.</source>
        <translation>最接近的名称是：{names}。</translation>
    </message>
    <message>
        <source>`segdesk models zoo` lists its entries.</source>
        <translation>`segdesk models zoo` 会列出其条目。</translation>
    </message>
    <message>
        <source>The checkpoint's config</source>
        <translation>检查点的配置</translation>
    </message>
    <message>
        <source>{value!r} has no literal form</source>
        <translation>{value!r} 没有字面形式</translation>
    </message>
    <message>
        <source>The config was not written.</source>
        <translation>配置没有写出。</translation>
    </message>
    <message>
        <source>Use plain values: numbers, texts, lists and dicts.</source>
        <translation>请使用普通值：数、文本、列表和字典。</translation>
    </message>
    <message>
        <source> (line {line})</source>
        <translation>（第 {line} 行）</translation>
    </message>
    <message>
        <source>It builds on other files (_base_), which have to be executed.</source>
        <translation>它以其他文件为基础（_base_），需要执行那些文件。</translation>
    </message>
    <message>
        <source>{name!r} cannot be the name of a setting</source>
        <translation>{name!r} 不能作为设置名称</translation>
    </message>
    <message>
        <source>It has {size:,} bytes; a config has at most {max_chars:,}.</source>
        <translation>它有 {size:,} 字节；配置最多 {max_chars:,} 字节。</translation>
    </message>
    <message>
        <source>Choose the config.py that the training wrote into its folder.</source>
        <translation>请选择训练写入其文件夹的 config.py。</translation>
    </message>
    <message>
        <source>Line {line} is code, not a value: {excerpt} Nothing in it was executed.</source>
        <translation>第 {line} 行是代码而不是值：{excerpt}其中没有任何内容被执行。</translation>
    </message>
    <message>
        <source>It is not a Python config{line}.</source>
        <translation>它不是 Python 配置{line}。</translation>
    </message>
    <message>
        <source>It ended with {name}: {error}</source>
        <translation>它以 {name} 结束：{error}</translation>
    </message>
    <message>
        <source>Mend the config, or choose a dumped one.</source>
        <translation>请修正配置，或选择展开后的配置。</translation>
    </message>
    <message>
        <source>The learning rate is {scaled:g} instead of {rate:g}.</source>
        <translation>学习率为 {scaled:g}，而不是 {rate:g}。</translation>
    </message>
    <message>
        <source>The published one is for batches of {planned}; these have {batch}.</source>
        <translation>公布的学习率用于大小为 {planned} 的批次；这里是 {batch}。</translation>
    </message>
    <message>
        <source>Use the config.py that the training wrote into its folder. If you know who wrote this file and trust it, add it as a trusted config.</source>
        <translation>请使用训练写入其文件夹的 config.py。若你知道谁写了此文件并信任它，请作为受信任的配置添加。</translation>
    </message>
    <message>
        <source>The config</source>
        <translation>该配置</translation>
    </message>
    <message>
        <source>{name} was not used.</source>
        <translation>{name} 没有使用。</translation>
    </message>
    <message>
        <source>default_scope is {config}</source>
        <translation>default_scope 是 {config}</translation>
    </message>
    <message>
        <source>It would run code outside the mmseg packages: {what}.</source>
        <translation>它会运行 mmseg 软件包以外的代码：{what}。</translation>
    </message>
    <message>
        <source>custom_imports asks for {module}</source>
        <translation>custom_imports 要求 {module}</translation>
    </message>
    <message>
        <source>{key} is {value!r}</source>
        <translation>{key} 是 {value!r}</translation>
    </message>
    <message>
        <source>_scope_ is {value}</source>
        <translation>_scope_ 是 {value}</translation>
    </message>
    <message>
        <source>type is {value}</source>
        <translation>type 是 {value}</translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>The device was not chosen.</source>
        <translation>没有选择设备。</translation>
    </message>
    <message>
        <source>There is no kind of device {wanted!r}.</source>
        <translation>没有 {wanted!r} 这种设备。</translation>
    </message>
    <message>
        <source>Choose "auto", "cpu", "cuda:0" or "mps".</source>
        <translation>请选择 "auto"、"cpu"、"cuda:0" 或 "mps"。</translation>
    </message>
    <message>
        <source>{device} does not know bf16.</source>
        <translation>{device} 不支持 bf16。</translation>
    </message>
    <message>
        <source>On a CPU 16-bit numbers are slower.</source>
        <translation>在 CPU 上 16 位数更慢。</translation>
    </message>
    <message>
        <source>There is no NVIDIA GPU here, or its driver does not answer.</source>
        <translation>这里没有 NVIDIA GPU，或其驱动没有回应。</translation>
    </message>
    <message>
        <source>This machine has {count} GPUs, counted from cuda:0.</source>
        <translation>本机有 {count} 块 GPU，从 cuda:0 起编号。</translation>
    </message>
    <message>
        <source>Running on the CPU instead of {wanted}.</source>
        <translation>改在 CPU 而不是 {wanted} 上运行。</translation>
    </message>
    <message>
        <source>Computing in fp32 instead of {wanted}.</source>
        <translation>改用 fp32 而不是 {wanted} 计算。</translation>
    </message>
    <message>
        <source>There is no Apple GPU here.</source>
        <translation>这里没有 Apple GPU。</translation>
    </message>
    <message>
        <source>torch {version} was built without CUDA.</source>
        <translation>torch {version} 编译时不含 CUDA。</translation>
    </message>
    <message>
        <source>It works, several times slower. `segdesk doctor` lists the devices.</source>
        <translation>可以工作，但慢好几倍。`segdesk doctor` 会列出设备。</translation>
    </message>
    <message>
        <source>Apple GPU</source>
        <translation>Apple GPU</translation>
    </message>
    <message>
        <source>Reading {name}</source>
        <translation>正在读取 {name}</translation>
    </message>
    <message>
        <source>Predicting {name}</source>
        <translation>正在预测 {name}</translation>
    </message>
    <message>
        <source>Loading the weights</source>
        <translation>正在加载权重</translation>
    </message>
    <message>
        <source>Starting the engine</source>
        <translation>正在启动引擎</translation>
    </message>
    <message>
        <source>Looking at the engine's environment</source>
        <translation>正在检查引擎的环境</translation>
    </message>
    <message>
        <source>No GPU is used.</source>
        <translation>没有使用 GPU。</translation>
    </message>
    <message>
        <source>mmcv has no compiled operators.</source>
        <translation>mmcv 没有编译的算子。</translation>
    </message>
    <message>
        <source>Two families of the mmseg stack are installed.</source>
        <translation>安装了两套 mmseg 软件。</translation>
    </message>
    <message>
        <source>OpenCV is installed twice.</source>
        <translation>OpenCV 安装了两次。</translation>
    </message>
    <message>
        <source>setuptools is missing.</source>
        <translation>缺少 setuptools。</translation>
    </message>
    <message>
        <source>The mmseg stack does not start.</source>
        <translation>mmseg 软件无法启动。</translation>
    </message>
    <message>
        <source>Prediction works on the CPU; training is slow there.</source>
        <translation>可在 CPU 上预测；训练会很慢。</translation>
    </message>
    <message>
        <source>onedl-mmcv from the package index is built without them. PSANet and models with deformable convolutions do not run; all others do.</source>
        <translation>软件源中的 onedl-mmcv 编译时不含它们。PSANet 和含可变形卷积的模型无法运行；其他都可以。</translation>
    </message>
    <message>
        <source>For these, install a wheel that matches your torch from https://mmwheels.onedl.ai.</source>
        <translation>需要它们时，请从 https://mmwheels.onedl.ai 安装与你的 torch 匹配的 wheel。</translation>
    </message>
    <message>
        <source>{packages} and their continuation by OneDL overwrite each other's files.</source>
        <translation>{packages} 与其由 OneDL 维护的后续版本互相覆盖文件。</translation>
    </message>
    <message>
        <source>Run `pip uninstall {packages}`, then reinstall SegDesk.</source>
        <translation>请运行 `pip uninstall {packages}`，然后重新安装 SegDesk。</translation>
    </message>
    <message>
        <source>opencv-python and opencv-python-headless overwrite each other.</source>
        <translation>opencv-python 和 opencv-python-headless 互相覆盖。</translation>
    </message>
    <message>
        <source>Run `pip uninstall opencv-python-headless`, then reinstall opencv-python.</source>
        <translation>请运行 `pip uninstall opencv-python-headless`，然后重新安装 opencv-python。</translation>
    </message>
    <message>
        <source>mmengine imports distutils, which only setuptools brings today.</source>
        <translation>mmengine 需要 distutils，如今只有 setuptools 提供它。</translation>
    </message>
    <message>
        <source>Run `pip install setuptools`.</source>
        <translation>请运行 `pip install setuptools`。</translation>
    </message>
    <message>
        <source>Reinstall SegDesk in an environment of its own.</source>
        <translation>请在单独的环境中重新安装 SegDesk。</translation>
    </message>
</context>
<context>
    <name>segdesk/engine/explain</name>
    <message>
        <source>The image was not explained.</source>
        <translation>图像没有解释。</translation>
    </message>
    <message>
        <source>The model has no class {n}.</source>
        <translation>模型没有类别 {n}。</translation>
    </message>
    <message numerus="yes">
        <source>It has {n} classes, counted from 0.</source>
        <extracomment>One: It has {n} class.</extracomment>
        <translation><numerusform>它有 {n} 个类别，从 0 起编号。</numerusform></translation>
    </message>
    <message>
        <source>{method} looks into the network, and an ONNX file does not show it.</source>
        <translation>{method} 需要查看网络内部，而 ONNX 文件不显示内部。</translation>
    </message>
    <message>
        <source>Use occlusion, or the model's PyTorch checkpoint.</source>
        <translation>请使用遮挡法，或该模型的 PyTorch 检查点。</translation>
    </message>
    <message>
        <source>This model gives labels alone, without scores.</source>
        <translation>该模型只给出标签，没有得分。</translation>
    </message>
    <message>
        <source>Use the model's PyTorch checkpoint.</source>
        <translation>请使用该模型的 PyTorch 检查点。</translation>
    </message>
    <message>
        <source>The pixel {x}, {y} lies outside; the image has {width} × {height}.</source>
        <translation>像素 {x}, {y} 在图像之外；图像为 {width} × {height}。</translation>
    </message>
    <message>
        <source>Choose a pixel inside, counted from 0, 0 at the top left.</source>
        <translation>请选择图像内的像素，从 0 起，0 在左上角。</translation>
    </message>
    <message>
        <source>Explaining {name}</source>
        <translation>正在解释 {name}</translation>
    </message>
    <message>
        <source>The image was explained at a smaller size.</source>
        <translation>图像以较小的尺寸解释。</translation>
    </message>
    <message>
        <source>The model gives no pixel the class {name}.</source>
        <translation>模型没有给任何像素类别 {name}。</translation>
    </message>
    <message>
        <source>Nothing speaks for {name} here.</source>
        <translation>这里没有支持 {name} 的内容。</translation>
    </message>
    <message>
        <source>The network saw it at {share:.0%} of the size at which it predicts, so that the memory suffices.</source>
        <translation>网络看到的是其预测尺寸的 {share:.0%}，以使内存够用。</translation>
    </message>
    <message>
        <source>Where it comes closest to it is explained.</source>
        <translation>改为解释最接近它的地方。</translation>
    </message>
    <message>
        <source>The map is 0 everywhere.</source>
        <translation>图处处为 0。</translation>
    </message>
    <message>
        <source>Choose another layer or method.</source>
        <translation>请选择其他层或方法。</translation>
    </message>
    <message>
        <source>Its output is {count} arrays, not one map.</source>
        <translation>它的输出是 {count} 个数组，而不是一张图。</translation>
    </message>
    <message>
        <source>The layer {name} was not looked at.</source>
        <translation>没有查看层 {name}。</translation>
    </message>
    <message>
        <source>The network has no layer of this name.</source>
        <translation>网络没有这个名称的层。</translation>
    </message>
    <message>
        <source>The network has it, but does not run it by itself.</source>
        <translation>网络有它，但不单独运行它。</translation>
    </message>
    <message>
        <source>Its output is {sides} values without a place in the image.</source>
        <translation>它的输出是 {sides} 个在图像中没有位置的值。</translation>
    </message>
    <message>
        <source>Layers that give a map are {names}.</source>
        <translation>能给出图的层有 {names}。</translation>
    </message>
    <message>
        <source>The model was not explained.</source>
        <translation>模型没有解释。</translation>
    </message>
    <message>
        <source>No layer of its network gives a map of the image.</source>
        <translation>其网络没有层能给出图像的图。</translation>
    </message>
    <message>
        <source>Use saliency or occlusion: they look at the image itself.</source>
        <translation>请使用显著性或遮挡法：它们直接查看图像。</translation>
    </message>
    <message>
        <source>The network does not let itself be asked this way.</source>
        <translation>该网络不能这样询问。</translation>
    </message>
    <message>
        <source>Choose another layer, or eigen-cam or occlusion.</source>
        <translation>请选择其他层，或 eigen-cam，或遮挡法。</translation>
    </message>
    <message>
        <source>This way to ask needs more memory than is free.</source>
        <translation>这种询问方式需要的内存超过空闲量。</translation>
    </message>
    <message>
        <source>Choose a later layer, eigen-cam or a smaller image.</source>
        <translation>请选择较后的层、eigen-cam 或较小的图像。</translation>
    </message>
</context>
<context>
    <name>segdesk/engine/export</name>
    <message>
        <source>{size} × {size2} pixels</source>
        <translation>{size} × {size2} 像素</translation>
    </message>
    <message>
        <source>any size</source>
        <translation>任意尺寸</translation>
    </message>
    <message>
        <source>The file takes {words}, the next size that fits the network's strides.</source>
        <translation>该文件使用 {words}，即适合网络步长的下一个尺寸。</translation>
    </message>
    <message>
        <source>The model was not exported.</source>
        <translation>模型没有导出。</translation>
    </message>
    <message>
        <source>Takes one RGB image of {size}: image, uint8, (1, height, width, 3).</source>
        <translation>接收一张{size}的 RGB 图像：image，uint8，(1, 高, 宽, 3)。</translation>
    </message>
    <message>
        <source>Normalises it, pads it, runs the network, enlarges its scores and takes the highest.</source>
        <translation>对其归一化、补齐，运行网络，放大其得分并取最高者。</translation>
    </message>
    <message>
        <source>Gives labels, uint8, (1, height, width): the index of each pixel's class.</source>
        <translation>给出 labels，uint8，(1, 高, 宽)：每个像素的类别编号。</translation>
    </message>
    <message>
        <source>Gives scores, float32: what the network says, before it is enlarged.</source>
        <translation>给出 scores，float32：网络放大前的输出。</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>Writing the graph</source>
        <translation>正在写出计算图</translation>
    </message>
    <message>
        <source>The network takes {words} alone, so the file does too.</source>
        <translation>网络只接受 {words}，因此文件也是。</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>请选择其他文件夹。</translation>
    </message>
    <message>
        <source>Gives confidence, uint8, (1, height, width): 0-255 for 0-1.</source>
        <translation>给出 confidence，uint8，(1, 高, 宽)：0-255 表示 0-1。</translation>
    </message>
    <message>
        <source>Before it the image is resized as `resize` says.</source>
        <translation>在此之前按 `resize` 所述调整图像大小。</translation>
    </message>
    <message>
        <source>A larger image is cut into windows as `windows` says.</source>
        <translation>更大的图像按 `windows` 所述切成窗口。</translation>
    </message>
    <message>
        <source>Comparing with PyTorch</source>
        <translation>正在与 PyTorch 比较</translation>
    </message>
    <message>
        <source>Writing what it is</source>
        <translation>正在写出说明</translation>
    </message>
    <message>
        <source>{id} is an ONNX model already.</source>
        <translation>{id} 已经是 ONNX 模型。</translation>
    </message>
    <message>
        <source>Copy its file, or export the .pth that it was made of.</source>
        <translation>请复制其文件，或导出它的来源 .pth。</translation>
    </message>
    <message>
        <source>{id} was not loaded.</source>
        <translation>{id} 没有加载。</translation>
    </message>
    <message>
        <source>The image was not predicted.</source>
        <translation>图像没有预测。</translation>
    </message>
    <message>
        <source>MMDeploy does not write the names of the classes.</source>
        <translation>MMDeploy 不写出类别的名称。</translation>
    </message>
    <message>
        <source>Name them, in the order of their indices.</source>
        <translation>请按编号顺序命名。</translation>
    </message>
    <message>
        <source>It predicts {count} classes, but {classes} are named.</source>
        <translation>它预测 {count} 个类别，但命名了 {classes} 个。</translation>
    </message>
    <message>
        <source>Give a list of {count} classes.</source>
        <translation>请给出 {count} 个类别的列表。</translation>
    </message>
    <message>
        <source>The graph takes {size} × {size2} pixels alone.</source>
        <translation>该计算图只接受 {size} × {size2} 像素。</translation>
    </message>
    <message>
        <source>Predict it in windows of that size.</source>
        <translation>请以该尺寸的窗口预测。</translation>
    </message>
    <message>
        <source>The model gave the label {highest}, but only {classes} classes are named.</source>
        <translation>模型给出了标签 {highest}，但只命名了 {classes} 个类别。</translation>
    </message>
    <message>
        <source>Name all of its classes, in the order of their indices.</source>
        <translation>请按编号顺序命名其所有类别。</translation>
    </message>
    <message>
        <source>It is not a segmentation of one image at a time: {described}.</source>
        <translation>它不是一次分割一张图像的模型：{described}。</translation>
    </message>
    <message>
        <source>Give the end2end.onnx that MMDeploy wrote for an mmseg model.</source>
        <translation>请给出 MMDeploy 为 mmseg 模型写出的 end2end.onnx。</translation>
    </message>
    <message>
        <source>It has more than {max_bytes:,} bytes.</source>
        <translation>它超过 {max_bytes:,} 字节。</translation>
    </message>
    <message>
        <source>Choose the folder that MMDeploy wrote for an mmseg model: it holds end2end.onnx, deploy.json and pipeline.json.</source>
        <translation>请选择 MMDeploy 为 mmseg 模型写出的文件夹：其中有 end2end.onnx、deploy.json 和 pipeline.json。</translation>
    </message>
    <message>
        <source>It is not of a semantic segmentation.</source>
        <translation>它不属于语义分割。</translation>
    </message>
    <message>
        <source>It is damaged: {error!r}.</source>
        <translation>它已损坏：{error!r}。</translation>
    </message>
    <message>
        <source>It has the step {kind}, which SegDesk cannot do.</source>
        <translation>它有步骤 {kind}，SegDesk 无法执行。</translation>
    </message>
    <message>
        <source>It was exported by a newer SegDesk (layout {layout}).</source>
        <translation>它由更新的 SegDesk 导出（布局 {layout}）。</translation>
    </message>
    <message>
        <source>Update SegDesk.</source>
        <translation>请更新 SegDesk。</translation>
    </message>
    <message>
        <source>What SegDesk wrote into it is damaged.</source>
        <translation>SegDesk 写入其中的内容已损坏。</translation>
    </message>
    <message>
        <source>Export the model again.</source>
        <translation>请重新导出模型。</translation>
    </message>
    <message>
        <source>The pixel decoder of Mask2Former has no form in ONNX: it cuts its points by numbers that it computes.</source>
        <translation>Mask2Former 的像素解码器没有 ONNX 形式：它按自己计算的数切分各点。</translation>
    </message>
    <message>
        <source>Predict with SegDesk itself, or export a model of another architecture.</source>
        <translation>请用 SegDesk 本身预测，或导出其他架构的模型。</translation>
    </message>
    <message>
        <source>The package {name} is not installed.</source>
        <translation>软件包 {name} 没有安装。</translation>
    </message>
    <message>
        <source>Run `pip install 'segdesk[onnx]'` in SegDesk's environment.</source>
        <translation>请在 SegDesk 的环境中运行 `pip install 'segdesk[onnx]'`。</translation>
    </message>
    <message>
        <source>A part of its network cannot be said in ONNX</source>
        <translation>其网络的一部分无法用 ONNX 表达</translation>
    </message>
    <message>
        <source>Try another opset; the details name the part.</source>
        <translation>请试试其他 opset；详细信息指出是哪一部分。</translation>
    </message>
    <message>
        <source>Give it a size: --size 512x512.</source>
        <translation>请给出尺寸：--size 512x512。</translation>
    </message>
    <message>
        <source> for any size.</source>
        <translation>（任意尺寸）。</translation>
    </message>
    <message>
        <source>Computing the checksum</source>
        <translation>正在计算校验和</translation>
    </message>
    <message>
        <source>{name} was exported so.</source>
        <translation>{name} 是这样导出的。</translation>
    </message>
    <message>
        <source>Computing in {precision} instead of {precision2}.</source>
        <translation>改用 {precision} 而不是 {precision2} 计算。</translation>
    </message>
    <message>
        <source>It does not say how an image is brought into it and what its labels are called: {described}.</source>
        <translation>它没有说明图像如何输入以及标签叫什么：{described}。</translation>
    </message>
    <message>
        <source>Export the model with `segdesk export`, or give the folder that MMDeploy wrote, with its pipeline.json.</source>
        <translation>请用 `segdesk export` 导出模型，或给出 MMDeploy 写出的、含 pipeline.json 的文件夹。</translation>
    </message>
    <message>
        <source>The opset is {opset}.</source>
        <translation>opset 为 {opset}。</translation>
    </message>
    <message>
        <source>It goes from {low} to {high}; 18 runs everywhere.</source>
        <translation>可用 {low} 到 {high}；18 处处可用。</translation>
    </message>
    <message>
        <source>The size is {size} × {size2} pixels.</source>
        <translation>尺寸为 {size} × {size2} 像素。</translation>
    </message>
    <message>
        <source>Each side goes from {least} to {most:,} pixels.</source>
        <translation>每边可用 {least} 到 {most:,} 像素。</translation>
    </message>
    <message>
        <source>it takes {ins} and gives {outs}</source>
        <translation>它接收 {ins} 并给出 {outs}</translation>
    </message>
    <message>
        <source>{width} × {height} pixels</source>
        <translation>{width} × {height} 像素</translation>
    </message>
    <message>
        <source>Running on the CPU instead of {device}.</source>
        <translation>改在 CPU 而不是 {device} 上运行。</translation>
    </message>
    <message>
        <source>{name} was not loaded.</source>
        <translation>{name} 没有加载。</translation>
    </message>
    <message>
        <source>ONNX Runtime cannot read it: it is damaged, or files that belong to it are missing.</source>
        <translation>ONNX Runtime 无法读取它：它已损坏，或缺少所属的文件。</translation>
    </message>
    <message>
        <source>Copy it again, with what lay beside it, or export the model anew.</source>
        <translation>请连同旁边的文件重新复制，或重新导出模型。</translation>
    </message>
    <message>
        <source>This ONNX Runtime was built for the CPU alone.</source>
        <translation>此 ONNX Runtime 只为 CPU 编译。</translation>
    </message>
    <message>
        <source>Install onnxruntime-gpu in place of onnxruntime, or use the .pth.</source>
        <translation>请安装 onnxruntime-gpu 代替 onnxruntime，或使用 .pth。</translation>
    </message>
    <message>
        <source>It needs operators that this ONNX Runtime does not have.</source>
        <translation>它需要此 ONNX Runtime 没有的算子。</translation>
    </message>
    <message>
        <source>Update ONNX Runtime, or export the model with a lower opset.</source>
        <translation>请更新 ONNX Runtime，或以较低的 opset 导出模型。</translation>
    </message>
    <message>
        <source>It needs ONNX Runtime, which is not installed.</source>
        <translation>它需要 ONNX Runtime，而它没有安装。</translation>
    </message>
    <message>
        <source>ONNX Runtime failed at {size}.</source>
        <translation>ONNX Runtime 在 {size} 时失败。</translation>
    </message>
    <message>
        <source>Use a smaller image, or the model's .pth file; the details say what failed.</source>
        <translation>请使用较小的图像或模型的 .pth 文件；详细信息说明失败之处。</translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>The model cannot run here.</source>
        <translation>模型无法在这里运行。</translation>
    </message>
    <message>
        <source> {used:.1f} of {whole:.1f} GB are in use.</source>
        <translation>已使用 {whole:.1f} GB 中的 {used:.1f} GB。</translation>
    </message>
    <message>
        <source>The GPU ran out of memory.</source>
        <translation>GPU 内存耗尽。</translation>
    </message>
    <message>
        <source>A file</source>
        <translation>某个文件</translation>
    </message>
    <message>
        <source>The job ran out of memory.</source>
        <translation>任务内存耗尽。</translation>
    </message>
    <message>
        <source>The GPU stopped working on this job.</source>
        <translation>GPU 停止了该任务的工作。</translation>
    </message>
    <message>
        <source>The training was not run.</source>
        <translation>训练没有运行。</translation>
    </message>
    <message>
        <source>It needs the compiled mmcv operator {op}, and this mmcv was installed without operators.</source>
        <translation>它需要编译的 mmcv 算子 {op}，而此 mmcv 安装时不含算子。</translation>
    </message>
    <message>
        <source>Install a wheel of onedl-mmcv that matches your torch from https://mmwheels.onedl.ai, or choose another architecture.</source>
        <translation>请从 https://mmwheels.onedl.ai 安装与你的 torch 匹配的 onedl-mmcv wheel，或选择其他架构。</translation>
    </message>
    <message>
        <source>The job needs more than is free.{used}</source>
        <translation>任务需要的内存超过空闲量。{used}</translation>
    </message>
    <message>
        <source>Use a smaller image, crop or batch, a smaller model, or the CPU.</source>
        <translation>请使用较小的图像、裁剪或批次，较小的模型，或 CPU。</translation>
    </message>
    <message>
        <source>The disk is full.</source>
        <translation>磁盘已满。</translation>
    </message>
    <message>
        <source>This machine has no more memory to give.</source>
        <translation>本机没有更多内存可用。</translation>
    </message>
    <message>
        <source>Close other programs, or use a smaller image, crop or model.</source>
        <translation>请关闭其他程序，或使用较小的图像、裁剪或模型。</translation>
    </message>
    <message>
        <source>A value the network could not handle, such as a label that is not one of the classes, or the driver. The engine starts anew; your work is not affected.</source>
        <translation>网络无法处理的值，例如不属于任何类别的标签，或驱动问题。引擎会重新启动；你的工作不受影响。</translation>
    </message>
    <message>
        <source>Go on with the CPU; where a value is to blame, it names it.</source>
        <translation>请用 CPU 继续；若是某个值的问题，它会指出。</translation>
    </message>
    <message>
        <source>Batch normalisation needs two pictures in a batch.</source>
        <translation>批归一化需要一个批次中有两张图片。</translation>
    </message>
    <message>
        <source>Use a batch size of at least 2.</source>
        <translation>请使用至少为 2 的批大小。</translation>
    </message>
    <message>
        <source>Choose an .onnx that SegDesk exported, or the folder of MMDeploy.</source>
        <translation>请选择 SegDesk 导出的 .onnx，或 MMDeploy 的文件夹。</translation>
    </message>
    <message>
        <source>a PNG image</source>
        <translation>PNG 图像</translation>
    </message>
    <message>
        <source>a JPEG image</source>
        <translation>JPEG 图像</translation>
    </message>
    <message>
        <source>a GIF image</source>
        <translation>GIF 图像</translation>
    </message>
    <message>
        <source>a PDF document</source>
        <translation>PDF 文档</translation>
    </message>
    <message>
        <source>an HDF5 file, as Keras writes them</source>
        <translation>HDF5 文件（如 Keras 写出的）</translation>
    </message>
    <message>
        <source>a gzip archive</source>
        <translation>gzip 压缩包</translation>
    </message>
    <message>
        <source>a 7-Zip archive</source>
        <translation>7-Zip 压缩包</translation>
    </message>
    <message>
        <source>a media file</source>
        <translation>媒体文件</translation>
    </message>
    <message>
        <source>It is {kind}, not an ONNX model.</source>
        <translation>它是{kind}，不是 ONNX 模型。</translation>
    </message>
    <message>
        <source>The file is cut off: its end is missing after {size:,} bytes.</source>
        <translation>文件被截断：{size:,} 字节之后缺少结尾。</translation>
    </message>
    <message>
        <source>a file of another kind</source>
        <translation>其他类型的文件</translation>
    </message>
    <message>
        <source>{path} cannot be read: {reason}.</source>
        <translation>{path} 无法读取：{reason}。</translation>
    </message>
    <message>
        <source>The file is empty (0 bytes).</source>
        <translation>文件为空（0 字节）。</translation>
    </message>
    <message>
        <source>a checkpoint of PyTorch</source>
        <translation>PyTorch 检查点</translation>
    </message>
    <message>
        <source>a safetensors file</source>
        <translation>safetensors 文件</translation>
    </message>
    <message>
        <source>a text file</source>
        <translation>文本文件</translation>
    </message>
    <message>
        <source>There is no file {path}.</source>
        <translation>没有文件 {path}。</translation>
    </message>
    <message>
        <source>You have no permission to read {path}.</source>
        <translation>你没有读取 {path} 的权限。</translation>
    </message>
    <message>
        <source>It is {kind}, not a checkpoint.</source>
        <translation>它是{kind}，不是检查点。</translation>
    </message>
    <message>
        <source>Check the path and the rights on the file.</source>
        <translation>请检查路径和文件权限。</translation>
    </message>
    <message>
        <source>you name</source>
        <translation>你命名了</translation>
    </message>
    <message>
        <source>the checkpoint names</source>
        <translation>检查点命名了</translation>
    </message>
    <message>
        <source>It predicts {labels} classes, and the checkpoint does not name them.</source>
        <translation>它预测 {labels} 个类别，而检查点没有命名它们。</translation>
    </message>
    <message>
        <source>Name its {labels} classes, in the order of their indices.</source>
        <translation>请按编号顺序为其 {labels} 个类别命名。</translation>
    </message>
    <message>
        <source>Its head predicts {labels} classes, but {given} {classes}: {names} …</source>
        <translation>其头部预测 {labels} 个类别，但{given} {classes} 个：{names} …</translation>
    </message>
    <message>
        <source>Give a list of {labels} classes, or the config that belongs to the checkpoint.</source>
        <translation>请给出 {labels} 个类别的列表，或属于该检查点的配置。</translation>
    </message>
    <message>
        <source>It needs compiled mmcv operators: {operators}.</source>
        <translation>它需要编译的 mmcv 算子：{operators}。</translation>
    </message>
    <message>
        <source>Building {name}</source>
        <translation>正在构建 {name}</translation>
    </message>
    <message>
        <source>Give 1 to {most} scales from {smallest} to {largest:g}.</source>
        <translation>请给出 1 到 {most} 个比例，范围为 {smallest} 到 {largest:g}。</translation>
    </message>
    <message>
        <source>A scale is {wrong:g}.</source>
        <translation>有一个比例为 {wrong:g}。</translation>
    </message>
    <message>
        <source>There are {scales} scales.</source>
        <translation>有 {scales} 个比例。</translation>
    </message>
    <message>
        <source>It predicts depth, not classes.</source>
        <translation>它预测深度，而不是类别。</translation>
    </message>
    <message>
        <source>It needs compiled mmcv operators ({operators}), and this mmcv was installed without them.</source>
        <translation>它需要编译的 mmcv 算子（{operators}），而此 mmcv 安装时不含它们。</translation>
    </message>
    <message>
        <source>Check that config and checkpoint belong together.</source>
        <translation>请检查配置与检查点是否匹配。</translation>
    </message>
    <message>
        <source>Its config describes no model.</source>
        <translation>其配置没有描述模型。</translation>
    </message>
    <message>
        <source>Add it together with the config it was trained with.</source>
        <translation>请连同训练所用的配置一起添加。</translation>
    </message>
    <message>
        <source>Install it: pip install onedl-{package}</source>
        <translation>请安装：pip install onedl-{package}</translation>
    </message>
    <message>
        <source>The checkpoint carries no config, so its network is unknown.</source>
        <translation>检查点不带配置，因此其网络未知。</translation>
    </message>
    <message>
        <source>It needs the package onedl-{package}, which is not installed whole.</source>
        <translation>它需要软件包 onedl-{package}，而它没有完整安装。</translation>
    </message>
    <message>
        <source>The model was not loaded.</source>
        <translation>模型没有加载。</translation>
    </message>
    <message>
        <source>Its network fails on a small test image of any size.</source>
        <translation>其网络对任何尺寸的小测试图像都失败。</translation>
    </message>
    <message>
        <source>At {size} × {size2} pixels the network needs more memory than {device} has free.</source>
        <translation>在 {size} × {size2} 像素时，网络需要的内存超过 {device} 的空闲量。</translation>
    </message>
    <message>
        <source>Close other programs, use a smaller model, or predict on the CPU.</source>
        <translation>请关闭其他程序，使用较小的模型，或在 CPU 上预测。</translation>
    </message>
    <message>
        <source>The network failed at {size} × {size2} pixels.</source>
        <translation>网络在 {size} × {size2} 像素时失败。</translation>
    </message>
    <message>
        <source>Try the CPU and precision fp32; the details say what failed.</source>
        <translation>请试试 CPU 和 fp32 精度；详细信息说明失败之处。</translation>
    </message>
</context>
<context>
    <name>segdesk/engine/paint</name>
    <message>
        <source>The model's output holds values that are not numbers.</source>
        <translation>模型的输出含有不是数的值。</translation>
    </message>
    <message>
        <source>Predict with precision fp32; if it stays, the weights are damaged.</source>
        <translation>请以 fp32 精度预测；若仍如此，则权重已损坏。</translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>It takes images of {channels} bands; SegDesk reads colour and grey.</source>
        <translation>它接收 {channels} 个波段的图像；SegDesk 读取彩色和灰度。</translation>
    </message>
    <message>
        <source>Use a model that was trained on RGB images.</source>
        <translation>请使用在 RGB 图像上训练的模型。</translation>
    </message>
    <message>
        <source>Its test pipeline has the step {kind}, which SegDesk does not know.</source>
        <translation>其测试流程有步骤 {kind}，SegDesk 不认识它。</translation>
    </message>
    <message>
        <source>Replace the step by a Resize, or use another model.</source>
        <translation>请用 Resize 代替该步骤，或使用其他模型。</translation>
    </message>
</context>
<context>
    <name>segdesk/engine/promptable</name>
    <message>
        <source>It holds weights alone; the network that they belong to is not in it.</source>
        <translation>它只含权重；所属的网络不在其中。</translation>
    </message>
    <message>
        <source>Export encoder and decoder to ONNX with the program it is from.</source>
        <translation>请用它所来自的程序把编码器和解码器导出为 ONNX。</translation>
    </message>
    <message>
        <source>It is TorchScript: opening it executes code that is in it.</source>
        <translation>它是 TorchScript：打开它会执行其中的代码。</translation>
    </message>
    <message>
        <source>Use an ONNX file, or consent if you trust where it is from.</source>
        <translation>请使用 ONNX 文件；若信任其来源，也可以同意执行。</translation>
    </message>
    <message>
        <source>The prompt was not answered.</source>
        <translation>提示没有得到回应。</translation>
    </message>
    <message>
        <source>ONNX Runtime failed in {name}.</source>
        <translation>ONNX Runtime 在 {name} 中失败。</translation>
    </message>
    <message>
        <source>The details say what failed.</source>
        <translation>详细信息说明失败之处。</translation>
    </message>
    <message>
        <source>PyTorch cannot read it as TorchScript.</source>
        <translation>PyTorch 无法把它作为 TorchScript 读取。</translation>
    </message>
    <message>
        <source>Export it anew, as ONNX if you can.</source>
        <translation>请重新导出，最好导出为 ONNX。</translation>
    </message>
    <message>
        <source>PyTorch failed in {name}.</source>
        <translation>PyTorch 在 {name} 中失败。</translation>
    </message>
    <message>
        <source>Copy it again, with what lay beside it, or export it anew.</source>
        <translation>请连同旁边的文件重新复制，或重新导出。</translation>
    </message>
    <message>
        <source>{name} gave something else than its inputs promise.</source>
        <translation>{name} 给出的结果与其输入不符。</translation>
    </message>
    <message>
        <source>Export the model anew, encoder and decoder from one checkpoint.</source>
        <translation>请从同一个检查点重新导出模型的编码器和解码器。</translation>
    </message>
    <message>
        <source>Nothing was looked for.</source>
        <translation>没有查找任何内容。</translation>
    </message>
    <message>
        <source>There is neither a point nor a box.</source>
        <translation>既没有点也没有框。</translation>
    </message>
    <message>
        <source>Click on a thing, or drag a box round it.</source>
        <translation>请点击物体，或围着它拖出方框。</translation>
    </message>
    <message>
        <source>Encoding {name}</source>
        <translation>正在编码 {name}</translation>
    </message>
    <message>
        <source>Opening {name}</source>
        <translation>正在打开 {name}</translation>
    </message>
    <message>
        <source>{name} gives {found}.</source>
        <translation>{name} 给出 {found}。</translation>
    </message>
    <message>
        <source>{name} takes {found}.</source>
        <translation>{name} 接收 {found}。</translation>
    </message>
    <message>
        <source>{name} takes {needed}, which {encoder} does not give.</source>
        <translation>{name} 接收 {needed}，而 {encoder} 不给出它。</translation>
    </message>
    <message>
        <source>{name} was not opened as a promptable model.</source>
        <translation>{name} 没有作为可提示模型打开。</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>{name} takes no points.</source>
        <translation>{name} 不接收点。</translation>
    </message>
    <message>
        <source>It is no image encoder: it takes {found}.</source>
        <translation>它不是图像编码器：它接收 {found}。</translation>
    </message>
    <message>
        <source>An encoder takes one image: 1 × 3 × height × width, or height × width × 3.</source>
        <translation>编码器接收一张图像：1 × 3 × 高 × 宽，或 高 × 宽 × 3。</translation>
    </message>
    <message>
        <source>{name} takes no embedding.</source>
        <translation>{name} 不接收嵌入。</translation>
    </message>
    <message>
        <source>A decoder takes {needed}, as Segment Anything is usually exported.</source>
        <translation>解码器接收 {needed}，即 Segment Anything 通常导出的形式。</translation>
    </message>
    <message>
        <source>Encoder and decoder are the wrong way round.</source>
        <translation>编码器和解码器弄反了。</translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>No C++ compiler was found.</source>
        <translation>没有找到 C++ 编译器。</translation>
    </message>
    <message>
        <source>Triton is not installed.</source>
        <translation>Triton 没有安装。</translation>
    </message>
</context>
<context>
    <name>segdesk/engine/scribble</name>
    <message>
        <source>Scribbles do not use the model.</source>
        <translation>涂抹不使用模型。</translation>
    </message>
    <message>
        <source>An exported model tells its scores alone.</source>
        <translation>导出的模型只给出得分。</translation>
    </message>
    <message>
        <source>Its backbone gives no map that is fine enough.</source>
        <translation>其主干网络没有足够精细的特征图。</translation>
    </message>
    <message>
        <source>They go on with colours and edges. Load another model to use one.</source>
        <translation>涂抹继续使用颜色和边缘。请加载其他模型来使用。</translation>
    </message>
    <message>
        <source>The scribbles were not applied.</source>
        <translation>涂抹没有应用。</translation>
    </message>
    <message>
        <source>The pixels under them are all of one class.</source>
        <translation>其下的像素都属于同一个类别。</translation>
    </message>
    <message>
        <source>Scribble on a second class too, then apply them again.</source>
        <translation>请再为第二个类别涂抹，然后重新应用。</translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>The file is damaged or not a checkpoint.</source>
        <translation>文件已损坏或不是检查点。</translation>
    </message>
    <message>
        <source>an {noun}</source>
        <translation>{noun}</translation>
    </message>
    <message>
        <source>It is a pickle of another program, not an MMSegmentation checkpoint. Such files can run code, so nothing in it was executed: it asks for {asked_for}.</source>
        <translation>它是其他程序的 pickle，而不是 MMSegmentation 检查点。这种文件可以运行代码，因此其中没有任何内容被执行：它要求 {asked_for}。</translation>
    </message>
    <message>
        <source>Export its weights as a state dict, or ask its maker for one.</source>
        <translation>请把其权重导出为 state dict，或向制作者索取。</translation>
    </message>
    <message>
        <source>The checkpoint</source>
        <translation>该检查点</translation>
    </message>
    <message>
        <source>It holds {kind}, not a model's weights.</source>
        <translation>它含有 {kind}，而不是模型的权重。</translation>
    </message>
    <message>
        <source>It is a TorchScript program, which would run when opened.</source>
        <translation>它是 TorchScript 程序，打开时会运行。</translation>
    </message>
    <message>
        <source>It is not a checkpoint, or it is damaged.</source>
        <translation>它不是检查点，或已损坏。</translation>
    </message>
    <message>
        <source>The model runs in {plain} instead of {mode} from now on.</source>
        <translation>从现在起模型以 {plain} 而不是 {mode} 运行。</translation>
    </message>
    <message>
        <source>The images are predicted all the same, more slowly. Tune it again.</source>
        <translation>图像照样预测，只是更慢。请重新调优。</translation>
    </message>
    <message>
        <source>Its output held values that are not numbers.</source>
        <translation>其输出含有不是数的值。</translation>
    </message>
</context>
<context>
    <name>segdesk/engine/training</name>
    <message>
        <source>Reading images and masks</source>
        <translation>正在读取图像和掩码</translation>
    </message>
    <message>
        <source>the data set of {name}</source>
        <translation>{name} 的数据集</translation>
    </message>
    <message>
        <source>{name} of {kind}</source>
        <translation>{kind} 的 {name}</translation>
    </message>
    <message>
        <source>The model was not evaluated.</source>
        <translation>模型没有评估。</translation>
    </message>
    <message>
        <source>{name} was not measured.</source>
        <translation>{name} 没有评测。</translation>
    </message>
    <message>
        <source>It does not know {missing}, which the data name; it knows {known}.</source>
        <translation>它不认识数据中的 {missing}；它认识 {known}。</translation>
    </message>
    <message>
        <source>Choose a model that was trained on these classes, or rename the classes so that the names agree.</source>
        <translation>请选择在这些类别上训练的模型，或重命名类别使名称一致。</translation>
    </message>
    <message>
        <source>Its mask is {shape}×{shape2} px, the image {shape3}×{shape4} px.</source>
        <translation>其掩码为 {shape}×{shape2} px，图像为 {shape3}×{shape4} px。</translation>
    </message>
    <message>
        <source>Not one of the {total} images of {split} could be measured.</source>
        <translation>{split} 的 {total} 张图像没有一张能评测。</translation>
    </message>
    <message>
        <source>The log says why for each; `segdesk check` looks at all of them.</source>
        <translation>日志说明每张的原因；`segdesk check` 会检查全部。</translation>
    </message>
    <message>
        <source>The checkpoint {name} is from before that.</source>
        <translation>检查点 {name} 是在那之前的。</translation>
    </message>
    <message>
        <source>No checkpoint was written before that.</source>
        <translation>在那之前没有写出检查点。</translation>
    </message>
    <message>
        <source>The training was stopped.</source>
        <translation>训练已停止。</translation>
    </message>
    <message>
        <source>The loss is not a number at iteration {iteration}: the weights have run away. {kept}</source>
        <translation>在迭代 {iteration} 时损失不是数：权重已发散。{kept}</translation>
    </message>
    <message>
        <source>Train again with a tenth of the learning rate.</source>
        <translation>请以十分之一的学习率重新训练。</translation>
    </message>
    <message>
        <source>devices is {devices}.</source>
        <translation>devices 为 {devices}。</translation>
    </message>
    <message>
        <source>Name each GPU once, by its number from 0, such as 0,1.</source>
        <translation>请按从 0 起的编号各写一次 GPU，如 0,1。</translation>
    </message>
    <message>
        <source>The launcher is {launcher}, and {key} is not in the environment: this process was not started by {starter}.</source>
        <translation>启动器为 {launcher}，而环境中没有 {key}：该进程不是由 {starter} 启动的。</translation>
    </message>
    <message>
        <source>Start it with {starter}, or leave the launcher out.</source>
        <translation>请用 {starter} 启动，或不指定启动器。</translation>
    </message>
    <message>
        <source>batch {batch_size} → {batch}, gradients added over {accumulate} batches</source>
        <translation>批大小 {batch_size} → {batch}，梯度在 {accumulate} 个批次上累积</translation>
    </message>
    <message>
        <source>intermediate results are computed twice instead of kept</source>
        <translation>中间结果计算两次而不保留</translation>
    </message>
    <message>
        <source>crop {side} → {smaller} px</source>
        <translation>裁剪 {side} → {smaller} px</translation>
    </message>
    <message>
        <source>mixed precision</source>
        <translation>混合精度</translation>
    </message>
    <message>
        <source>Counting the classes' pixels</source>
        <translation>正在统计各类别的像素</translation>
    </message>
    <message>
        <source>Checking the data set</source>
        <translation>正在检查数据集</translation>
    </message>
    <message>
        <source>Building the network</source>
        <translation>正在构建网络</translation>
    </message>
    <message>
        <source>Training a batch</source>
        <translation>正在训练一个批次</translation>
    </message>
    <message>
        <source>Predicting an image</source>
        <translation>正在预测一张图像</translation>
    </message>
    <message>
        <source>The probe ran out of memory.</source>
        <translation>试跑内存耗尽。</translation>
    </message>
    <message>
        <source>A batch of {batch_size} does not fit on {device}.</source>
        <translation>大小为 {batch_size} 的批次在 {device} 上放不下。</translation>
    </message>
    <message>
        <source>Choose a smaller batch, crop or architecture.</source>
        <translation>请选择较小的批大小、裁剪或架构。</translation>
    </message>
    <message>
        <source>One of its processes ended without a word (exit code {code}).</source>
        <translation>它的一个进程没有说明就结束了（退出码 {code}）。</translation>
    </message>
    <message>
        <source>Go on from its last checkpoint (resume), or train on one device.</source>
        <translation>请从最后一个检查点继续（resume），或在一个设备上训练。</translation>
    </message>
    <message>
        <source>It asks for {wanted}; there are {count} that torch can use here.</source>
        <translation>它要求 {wanted} 块；这里 torch 能使用 {count} 块。</translation>
    </message>
    <message>
        <source>Name GPUs that `segdesk doctor` lists, or choose the device cpu.</source>
        <translation>请指定 `segdesk doctor` 列出的 GPU，或选择设备 cpu。</translation>
    </message>
    <message>
        <source>a GPU for each process</source>
        <translation>每个进程一块 GPU</translation>
    </message>
    <message>
        <source>The run was not resumed.</source>
        <translation>运行没有恢复。</translation>
    </message>
    <message>
        <source>{folder} holds no whole checkpoint to go on from.</source>
        <translation>{folder} 没有可继续的完整检查点。</translation>
    </message>
    <message>
        <source>Train in another folder, from a model if there is one (load_from).</source>
        <translation>请在其他文件夹训练；若有模型，可从它开始（load_from）。</translation>
    </message>
    <message>
        <source>It has done {iteration:,} of {length:,} iterations.</source>
        <translation>它已完成 {length:,} 次迭代中的 {iteration:,} 次。</translation>
    </message>
    <message>
        <source>Give more than {iteration:,} iterations to extend it.</source>
        <translation>要延长请给出大于 {iteration:,} 的迭代次数。</translation>
    </message>
    <message>
        <source>It knows the classes {before}; the data set now has {now}.</source>
        <translation>它认识类别 {before}；数据集现在有 {now}。</translation>
    </message>
    <message>
        <source>Start a new run from its model (load_from): what fits is taken.</source>
        <translation>请从其模型开始新的运行（load_from）：适合的部分会采用。</translation>
    </message>
    <message>
        <source>{name} was passed over.</source>
        <translation>已略过 {name}。</translation>
    </message>
    <message>
        <source>It is not whole: {cause}</source>
        <translation>它不完整：{cause}</translation>
    </message>
    <message>
        <source>The training was stopped: its folder cannot be written.</source>
        <translation>训练已停止：其文件夹无法写入。</translation>
    </message>
    <message>
        <source>{folder} holds an earlier run: {named}{more}. It was left as it is.</source>
        <translation>{folder} 存有以前的运行：{named}{more}。它保持原样。</translation>
    </message>
    <message>
        <source>Resume that run, choose another folder (--work-dir), or move it away.</source>
        <translation>请恢复该运行，选择其他文件夹（--work-dir），或把它移走。</translation>
    </message>
    <message>
        <source>Free some disk space, then train again.</source>
        <translation>请腾出磁盘空间，然后重新训练。</translation>
    </message>
    <message>
        <source>Choose another folder for the run.</source>
        <translation>请为该运行选择其他文件夹。</translation>
    </message>
    <message>
        <source>Another training runs in {folder} (process {pid} on {host}).</source>
        <translation>另一个训练正在 {folder} 中运行（{host} 上的进程 {pid}）。</translation>
    </message>
    <message>
        <source>Wait for it, stop it, or choose another folder.</source>
        <translation>请等待它，停止它，或选择其他文件夹。</translation>
    </message>
    <message>
        <source>No samples were made.</source>
        <translation>没有制作样本。</translation>
    </message>
    <message>
        <source>An image of the training split cannot be read.</source>
        <translation>训练划分中有一张图像无法读取。</translation>
    </message>
    <message>
        <source>Check the data set; its report names the file.</source>
        <translation>请检查数据集；其报告会指出文件。</translation>
    </message>
    <message>
        <source>None of the {found} weights in {name} fits the network.</source>
        <translation>{name} 中的 {found} 个权重没有一个适合该网络。</translation>
    </message>
    <message>
        <source>Choose a checkpoint of the same architecture.</source>
        <translation>请选择同一架构的检查点。</translation>
    </message>
    <message>
        <source>{fitting} of {own} weights were taken from {name}.</source>
        <translation>从 {name} 采用了 {own} 个权重中的 {fitting} 个。</translation>
    </message>
    <message>
        <source>{left} are not in it or have another shape there, such as a head for other classes; they start from random values.</source>
        <translation>其中没有或形状不同的有 {left} 个，例如用于其他类别的头部；它们从随机值开始。</translation>
    </message>
    <message>
        <source>The network of the config cannot be built: {error}</source>
        <translation>配置的网络无法构建：{error}</translation>
    </message>
    <message>
        <source>Check the config against the architecture's own.</source>
        <translation>请把配置与该架构自带的对照检查。</translation>
    </message>
    <message>
        <source>checkpoint at iteration {iteration}</source>
        <translation>迭代 {iteration} 的检查点</translation>
    </message>
    <message>
        <source>this machine</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>the GPU</source>
        <translation>该 GPU</translation>
    </message>
    <message>
        <source>Several processes that train together do not adapt themselves. </source>
        <translation>一起训练的多个进程不会自动调整。</translation>
    </message>
    <message>
        <source>The training ran out of memory.</source>
        <translation>训练内存耗尽。</translation>
    </message>
    <message>
        <source>The state of the training was not saved.</source>
        <translation>训练状态没有保存。</translation>
    </message>
    <message>
        <source>The memory did not suffice for that either.</source>
        <translation>内存对此也不够。</translation>
    </message>
    <message>
        <source>It was tried with less, step by step. </source>
        <translation>已逐步尝试更小的配置。</translation>
    </message>
    <message>
        <source>{tried}A batch of {batch_size} does not fit into the memory of {device}. Checkpoints that were written before stay.</source>
        <translation>{tried}大小为 {batch_size} 的批次在 {device} 的内存中放不下。此前写出的检查点保留。</translation>
    </message>
    <message>
        <source>out of memory</source>
        <translation>内存耗尽</translation>
    </message>
    <message>
        <source>Choose a smaller batch, crop or architecture, or let the training adapt itself on one device.</source>
        <translation>请选择较小的批大小、裁剪或架构，或让训练在一个设备上自动调整。</translation>
    </message>
    <message>
        <source>Choose a smaller architecture or another device, or close what else uses the memory.</source>
        <translation>请选择较小的架构或其他设备，或关闭占用内存的程序。</translation>
    </message>
    <message>
        <source>{count} weights have another shape, such as {first}: {in_file} in the file, {in_network} in the network.</source>
        <translation>{count} 个权重形状不同，例如 {first}：文件中为 {in_file}，网络中为 {in_network}。</translation>
    </message>
    <message>
        <source>{missing} of {own} weights are not in the file, such as {some}.</source>
        <translation>文件中缺少 {own} 个权重中的 {missing} 个，例如 {some}。</translation>
    </message>
    <message>
        <source>Its weights do not fit the network of the config: {cause}</source>
        <translation>其权重不适合配置的网络：{cause}</translation>
    </message>
    <message>
        <source>Give the config that belongs to the checkpoint.</source>
        <translation>请给出属于该检查点的配置。</translation>
    </message>
    <message>
        <source>{unexpected} weights of {name} were not used.</source>
        <translation>{name} 的 {unexpected} 个权重没有使用。</translation>
    </message>
    <message>
        <source>The network has no place for {some}.</source>
        <translation>网络中没有 {some} 的位置。</translation>
    </message>
</context>
<context>
    <name>segdesk/engine</name>
    <message>
        <source>What its looks say takes {megabytes:,.0f} MB each on the disk of {folder}, and the system says: {reason}.</source>
        <translation>其各次预测每次在 {folder} 的磁盘上需要 {megabytes:,.0f} MB，而系统报告：{reason}。</translation>
    </message>
    <message>
        <source>Free some room there, or predict it with fewer looks.</source>
        <translation>请在那里腾出空间，或减少增强预测的次数。</translation>
    </message>
    <message>
        <source>Measuring {words}</source>
        <translation>正在测量{words}</translation>
    </message>
    <message>
        <source>{id} was not tuned.</source>
        <translation>{id} 没有调优。</translation>
    </message>
    <message>
        <source>It is an ONNX model: how it runs was decided when it was exported.</source>
        <translation>它是 ONNX 模型：运行方式在导出时就已决定。</translation>
    </message>
    <message>
        <source>Tune the .pth that it was made of, or export it with --fp16.</source>
        <translation>请为其来源 .pth 调优，或用 --fp16 导出。</translation>
    </message>
    <message>
        <source>Reading the images</source>
        <translation>正在读取图像</translation>
    </message>
</context>
<context>
    <name>segdesk/engine/video</name>
    <message>
        <source>{named}: {width} × {height}, {codec}, {bit_depth} bit, {fps:.4g} frames a second{turned}</source>
        <translation>{named}：{width} × {height}，{codec}，{bit_depth} 位，每秒 {fps:.4g} 帧{turned}</translation>
    </message>
    <message>
        <source> to {end_s:g} s</source>
        <translation> 到 {end_s:g} 秒</translation>
    </message>
    <message>
        <source>The video was not predicted.</source>
        <translation>视频没有预测。</translation>
    </message>
    <message>
        <source>, turned by {rotation}°</source>
        <translation>，旋转 {rotation}°</translation>
    </message>
    <message>
        <source>{named} has no frame from {start_s:g} s{to}; it lasts {length_s:.2f} s.</source>
        <translation>{named} 从 {start_s:g} 秒{to}没有帧；它长 {length_s:.2f} 秒。</translation>
    </message>
    <message>
        <source>Give a start before its end, and an end behind the start.</source>
        <translation>请给出早于其结尾的起点，和晚于起点的终点。</translation>
    </message>
    <message>
        <source>The part from {start_s:g} s to {end_s:g} s is empty.</source>
        <translation>从 {start_s:g} 秒到 {end_s:g} 秒的部分是空的。</translation>
    </message>
    <message>
        <source>Give an end behind the start, in seconds.</source>
        <translation>请给出晚于起点的终点，以秒计。</translation>
    </message>
    <message>
        <source>The stride is {stride}.</source>
        <translation>步长为 {stride}。</translation>
    </message>
    <message>
        <source>Give 1 or more.</source>
        <translation>请给出 1 或更大的值。</translation>
    </message>
    <message>
        <source>It cannot be smoothed over {smooth} frames.</source>
        <translation>无法在 {smooth} 帧上平滑。</translation>
    </message>
    <message>
        <source>Give an odd number from 1, which is off, to {most_smooth}.</source>
        <translation>请给出从 1（关闭）到 {most_smooth} 的奇数。</translation>
    </message>
    <message>
        <source>The opacity is {opacity:g}.</source>
        <translation>不透明度为 {opacity:g}。</translation>
    </message>
    <message>
        <source>It goes from 0, the picture alone, to 1, the colours alone.</source>
        <translation>从 0（只有图片）到 1（只有颜色）。</translation>
    </message>
    <message>
        <source>{fps:g} frames a second cannot be written.</source>
        <translation>无法写出每秒 {fps:g} 帧。</translation>
    </message>
    <message>
        <source>Give a number up to {most_fps:g}.</source>
        <translation>请给出不超过 {most_fps:g} 的数。</translation>
    </message>
    <message>
        <source>The quality is {quality}.</source>
        <translation>质量为 {quality}。</translation>
    </message>
    <message>
        <source>It goes from 0, without loss, to 51; 20 is usual.</source>
        <translation>从 0（无损）到 51；通常为 20。</translation>
    </message>
    <message>
        <source>The size is {size}.</source>
        <translation>尺寸为 {size}。</translation>
    </message>
    <message>
        <source>Give sides from {low} to {high} pixels.</source>
        <translation>请给出 {low} 到 {high} 像素的边长。</translation>
    </message>
    <message>
        <source>A duration of {seconds:g} s records nothing.</source>
        <translation>{seconds:g} 秒的时长不会录下任何内容。</translation>
    </message>
    <message>
        <source>Give seconds above 0.</source>
        <translation>请给出大于 0 的秒数。</translation>
    </message>
    <message>
        <source>{result} is there already.</source>
        <translation>{result} 已存在。</translation>
    </message>
    <message>
        <source>Give another name, or allow it to be overwritten.</source>
        <translation>请给出其他名称，或允许覆盖。</translation>
    </message>
    <message>
        <source>{name} is named for the video and for the class shares.</source>
        <translation>{name} 同时被指定为视频和类别占比的文件。</translation>
    </message>
    <message>
        <source>Give the two different names.</source>
        <translation>请给两者不同的名称。</translation>
    </message>
    <message>
        <source>{name} would replace the video that it is made from.</source>
        <translation>{name} 会替换用来制作它的视频。</translation>
    </message>
    <message>
        <source>Give the result another name.</source>
        <translation>请给结果其他名称。</translation>
    </message>
    <message>
        <source>{rate:.1f} frames/s</source>
        <translation>{rate:.1f} 帧/秒</translation>
    </message>
    <message>
        <source>{count:,} frames could not be decoded.</source>
        <translation>{count:,} 帧无法解码。</translation>
    </message>
    <message>
        <source>The file is broken there; the frame before stands in for each.</source>
        <translation>文件在那里损坏；各以前一帧代替。</translation>
    </message>
    <message>
        <source>Copy the video again if it was cut off.</source>
        <translation>若视频被截断，请重新复制。</translation>
    </message>
    <message>
        <source>The film is written as MPEG-4 part 2.</source>
        <translation>影片以 MPEG-4 part 2 写出。</translation>
    </message>
    <message>
        <source>The installed PyAV cannot encode H.264.</source>
        <translation>所安装的 PyAV 无法编码 H.264。</translation>
    </message>
    <message>
        <source>Install PyAV from PyPI (pip install av) for smaller films.</source>
        <translation>请从 PyPI 安装 PyAV（pip install av）以得到更小的影片。</translation>
    </message>
    <message>
        <source>The earlier {name} is unchanged.</source>
        <translation>原来的 {name} 没有改变。</translation>
    </message>
    <message>
        <source>Waiting for the stream</source>
        <translation>正在等待视频流</translation>
    </message>
    <message>
        <source>{done:,} frames, up to {last_s:.1f} s, are in {out}.</source>
        <translation>到 {last_s:.1f} 秒为止的 {done:,} 帧在 {out} 中。</translation>
    </message>
    <message>
        <source>Nothing was written.</source>
        <translation>没有写出任何内容。</translation>
    </message>
    <message>
        <source>Reading the video</source>
        <translation>正在读取视频</translation>
    </message>
    <message>
        <source>All that are there are predicted.</source>
        <translation>现有的都已预测。</translation>
    </message>
    <message>
        <source>What came is written.</source>
        <translation>收到的都已写出。</translation>
    </message>
</context>
<context>
    <name>segdesk/formats</name>
    <message>
        <source>value 0 is ignored, class 0 is stored as 1 (reduce_zero_label)</source>
        <translation>数值 0 被忽略，类别 0 存为 1（reduce_zero_label）</translation>
    </message>
    <message>
        <source>objects without a name are ignored</source>
        <translation>没有名称的物体被忽略</translation>
    </message>
    <message>
        <source>annotations/training is named as in ADE20K's benchmark</source>
        <translation>annotations/training 按 ADE20K 基准命名</translation>
    </message>
    <message>
        <source>The masks were not written.</source>
        <translation>掩码没有写出。</translation>
    </message>
    <message>
        <source>class names are from the objects</source>
        <translation>类别名称来自物体</translation>
    </message>
    <message>
        <source>{name} is named as in the full ADE20K</source>
        <translation>{name} 按完整 ADE20K 命名</translation>
    </message>
    <message>
        <source>{count} classes and the ignored pixels do not fit 8 bits here.</source>
        <translation>{count} 个类别加上忽略像素在这里放不进 8 位。</translation>
    </message>
    <message>
        <source>Choose another format, or merge two classes.</source>
        <translation>请选择其他格式，或合并两个类别。</translation>
    </message>
    <message>
        <source>It lacks what ADE20K's JSON has: {error}.</source>
        <translation>它缺少 ADE20K 的 JSON 应有的内容：{error}。</translation>
    </message>
    <message>
        <source> The earlier file is unchanged.</source>
        <translation>原来的文件没有改变。</translation>
    </message>
    <message>
        <source>Check that the folder is still there, then try again.</source>
        <translation>请检查该文件夹是否还在，然后重试。</translation>
    </message>
    <message>
        <source>The disk is full: {megabytes} of it fitted, {free} are free in {folder}.</source>
        <translation>磁盘已满：写入了 {megabytes}，{folder} 剩余 {free}。</translation>
    </message>
    <message>
        <source>Files here may not grow past {megabytes}.</source>
        <translation>这里的文件不得超过 {megabytes}。</translation>
    </message>
    <message>
        <source>Raise the limit of your account or choose another folder.</source>
        <translation>请提高账户的限额或选择其他文件夹。</translation>
    </message>
    <message>
        <source>You may not write into {folder}.</source>
        <translation>你无权写入 {folder}。</translation>
    </message>
    <message>
        <source>Choose another folder, or have its owner give you the right to write.</source>
        <translation>请选择其他文件夹，或让其所有者给你写入权限。</translation>
    </message>
    <message>
        <source>{folder} can only be read.</source>
        <translation>{folder} 为只读。</translation>
    </message>
    <message>
        <source>Choose a folder on another disk.</source>
        <translation>请选择其他磁盘上的文件夹。</translation>
    </message>
    <message>
        <source>Its path has {target} letters, more than this disk takes.</source>
        <translation>其路径有 {target} 个字符，超过该磁盘的限制。</translation>
    </message>
    <message>
        <source>Choose a shorter folder or file name.</source>
        <translation>请选择较短的文件夹名或文件名。</translation>
    </message>
    <message>
        <source>A part of {folder} is a file, not a folder.</source>
        <translation>{folder} 的一部分是文件，不是文件夹。</translation>
    </message>
    <message>
        <source>{target} is a folder.</source>
        <translation>{target} 是文件夹。</translation>
    </message>
    <message>
        <source>{name} was not put back.</source>
        <translation>{name} 没有恢复原样。</translation>
    </message>
    <message>
        <source>{filename} does not give way: {reason}.</source>
        <translation>{filename} 无法替换：{reason}。</translation>
    </message>
    <message>
        <source>Check that its disk is there, and your rights.</source>
        <translation>请检查其磁盘是否存在，以及你的权限。</translation>
    </message>
    <message>
        <source>it holds {both} and {both}{masks}</source>
        <translation>它含有 {both} 和 {both}{masks}</translation>
    </message>
    <message>
        <source>No CamVid masks were found.</source>
        <translation>没有找到 CamVid 掩码。</translation>
    </message>
    <message>
        <source>the list of CamVid</source>
        <translation>CamVid 的列表</translation>
    </message>
    <message>
        <source>{folder} holds no folders like train and trainannot.</source>
        <translation>{folder} 没有 train 和 trainannot 这样的文件夹。</translation>
    </message>
    <message>
        <source>Choose the folder that holds them.</source>
        <translation>请选择含有它们的文件夹。</translation>
    </message>
    <message>
        <source>masks without an image beside them</source>
        <translation>旁边没有图像的掩码</translation>
    </message>
    <message>
        <source>No Cityscapes annotations were found.</source>
        <translation>没有找到 Cityscapes 标注。</translation>
    </message>
    <message>
        <source>{kind} are read</source>
        <translation>读取 {kind}</translation>
    </message>
    <message>
        <source>the list of Cityscapes</source>
        <translation>Cityscapes 的列表</translation>
    </message>
    <message>
        <source>{name} is named as in Cityscapes</source>
        <translation>{name} 按 Cityscapes 命名</translation>
    </message>
    <message>
        <source>{folder} holds no file like a_gtFine_labelTrainIds.png.</source>
        <translation>{folder} 没有 a_gtFine_labelTrainIds.png 这样的文件。</translation>
    </message>
    <message>
        <source>Choose the folder that holds gtFine and leftImg8bit.</source>
        <translation>请选择含有 gtFine 和 leftImg8bit 的文件夹。</translation>
    </message>
    <message>
        <source>It lacks what Cityscapes polygons have: {error}.</source>
        <translation>它缺少 Cityscapes 多边形应有的内容：{error}。</translation>
    </message>
    <message>
        <source>The classes were not mapped.</source>
        <translation>类别没有映射。</translation>
    </message>
    <message>
        <source>The map names {unknown!r}, which is none of {known}.</source>
        <translation>映射中的 {unknown!r} 不属于 {known}。</translation>
    </message>
    <message>
        <source>Write the names as the preview shows them.</source>
        <translation>请按预览中的写法写名称。</translation>
    </message>
    <message>
        <source>It is no table of classes: {error}.</source>
        <translation>它不是类别表：{error}。</translation>
    </message>
    <message>
        <source>Write lines of: from=to.</source>
        <translation>请按行写：from=to。</translation>
    </message>
    <message>
        <source>The classes were not changed.</source>
        <translation>类别没有更改。</translation>
    </message>
    <message>
        <source>{source} may not be read.</source>
        <translation>{source} 不可读取。</translation>
    </message>
    <message>
        <source>It names no class.</source>
        <translation>它没有命名任何类别。</translation>
    </message>
    <message>
        <source>Write one class on each line.</source>
        <translation>请每行写一个类别。</translation>
    </message>
    <message>
        <source>Write {"classes": [{"name": "road", "color": "#6EC1E4"}]}, or lines of: name,red,green,blue.</source>
        <translation>请写 {"classes": [{"name": "road", "color": "#6EC1E4"}]}，或按行写：名称,红,绿,蓝。</translation>
    </message>
    <message>
        <source>Exported from SegDesk</source>
        <translation>由 SegDesk 导出</translation>
    </message>
    <message>
        <source>{name} lists images, annotations and categories</source>
        <translation>{name} 列出 images、annotations 和 categories</translation>
    </message>
    <message>
        <source>{name} was left aside: name it as annotations</source>
        <translation>{name} 被略过：请命名为 annotations</translation>
    </message>
    <message>
        <source>Its entry has no width and height.</source>
        <translation>其条目没有宽和高。</translation>
    </message>
    <message>
        <source>Export the file again.</source>
        <translation>请重新导出文件。</translation>
    </message>
    <message>
        <source>segments that the JSON does not list are ignored</source>
        <translation>JSON 未列出的分段被忽略</translation>
    </message>
    <message>
        <source>{name} lists panoptic segments</source>
        <translation>{name} 列出全景分段</translation>
    </message>
    <message>
        <source>No panoptic annotations were found.</source>
        <translation>没有找到全景标注。</translation>
    </message>
    <message>
        <source>segments are merged by class</source>
        <translation>分段按类别合并</translation>
    </message>
    <message>
        <source>No JSON file in {folder} lists segments.</source>
        <translation>{folder} 中没有 JSON 文件列出分段。</translation>
    </message>
    <message>
        <source>Choose the folder that holds the JSON and the PNG files.</source>
        <translation>请选择含有 JSON 和 PNG 文件的文件夹。</translation>
    </message>
    <message>
        <source>The colour masks were not written.</source>
        <translation>彩色掩码没有写出。</translation>
    </message>
    <message>
        <source>{used!r} and {name!r} have the colour {colour}.</source>
        <translation>{used!r} 和 {name!r} 的颜色都是 {colour}。</translation>
    </message>
    <message>
        <source>Give one of them another colour.</source>
        <translation>请给其中一个换一种颜色。</translation>
    </message>
    <message>
        <source>image {number}</source>
        <translation>图像 {number}</translation>
    </message>
    <message>
        <source>skeletons, tags and cuboids have no area and are left out</source>
        <translation>骨架、标记和立方体没有面积，不导入</translation>
    </message>
    <message>
        <source>{name} is an export of CVAT</source>
        <translation>{name} 是 CVAT 的导出文件</translation>
    </message>
    <message>
        <source>It holds the tracks of a video, not the shapes of images.</source>
        <translation>它含有视频的轨迹，而不是图像的形状。</translation>
    </message>
    <message>
        <source>Export it from CVAT as 'CVAT for images 1.1'.</source>
        <translation>请从 CVAT 导出为 'CVAT for images 1.1'。</translation>
    </message>
    <message>
        <source>shapes not understood</source>
        <translation>不认识的形状</translation>
    </message>
</context>
<context>
    <name>segdesk/formats/doctor</name>
    <message>
        <source>{name} was not fixed.</source>
        <translation>{name} 没有修复。</translation>
    </message>
    <message>
        <source>It could not be kept in a backup: {reason}{file}. It is unchanged.</source>
        <translation>无法为它保留备份：{reason}{file}。它没有改变。</translation>
    </message>
    <message>
        <source>Check that there is space and that you may write beside the data.</source>
        <translation>请检查是否有空间，以及你能否在数据旁边写入。</translation>
    </message>
    <message>
        <source>{count:,} {form}</source>
        <translation>{count:,} {form}</translation>
    </message>
    <message>
        <source>The data were not checked.</source>
        <translation>数据没有检查。</translation>
    </message>
    <message>
        <source>There is no {kind} {name!r}.</source>
        <translation>没有{kind} {name!r}。</translation>
    </message>
    <message>
        <source>Choose from: {known}.</source>
        <translation>请从中选择：{known}。</translation>
    </message>
    <message>
        <source>many bands</source>
        <translation>许多波段</translation>
    </message>
    <message>
        <source>{files} {done}.</source>
        <translation>{files} {done}。</translation>
    </message>
    <message>
        <source>moved into the backup: litter</source>
        <translation>移入备份：杂余文件</translation>
    </message>
    <message>
        <source>moved into the backup: unreadable pairs</source>
        <translation>移入备份：无法读取的配对</translation>
    </message>
    <message>
        <source>moved into the backup: without counterpart</source>
        <translation>移入备份：没有对应的文件</translation>
    </message>
    <message>
        <source>renamed: suffix in lower case</source>
        <translation>已重命名：后缀改为小写</translation>
    </message>
    <message>
        <source>written with 1 for 255</source>
        <translation>已用 1 代替 255 写出</translation>
    </message>
    <message>
        <source>written as PNG instead of JPEG</source>
        <translation>已写为 PNG 而不是 JPEG</translation>
    </message>
    <message>
        <source>written with one band</source>
        <translation>已写为单波段</translation>
    </message>
    <message>
        <source>written with numbers for colours</source>
        <translation>已用数值代替颜色写出</translation>
    </message>
    <message>
        <source>written with 8 bits</source>
        <translation>已写为 8 位</translation>
    </message>
    <message>
        <source>written as PNG</source>
        <translation>已写为 PNG</translation>
    </message>
    <message>
        <source>written with 0 and 1, noise removed</source>
        <translation>已写为 0 和 1，并去除噪声</translation>
    </message>
    <message>
        <source>turned as their images are</source>
        <translation>已按其图像转向</translation>
    </message>
    <message>
        <source>scaled to the size of their images</source>
        <translation>已缩放到其图像的尺寸</translation>
    </message>
    <message>
        <source>given background as class 0</source>
        <translation>已把背景设为类别 0</translation>
    </message>
    <message>
        <source>stretched to 8 bits</source>
        <translation>已拉伸到 8 位</translation>
    </message>
    <message>
        <source>moved out of train: copies of other splits</source>
        <translation>已移出 train：其他划分的副本</translation>
    </message>
    <message>
        <source>file</source>
        <translation>个文件</translation>
    </message>
    <message>
        <source>files</source>
        <translation>个文件</translation>
    </message>
    <message>
        <source>{name} is there already.</source>
        <translation>{name} 已存在。</translation>
    </message>
    <message>
        <source>Keep one of the two.</source>
        <translation>请保留其中之一。</translation>
    </message>
    <message>
        <source>The training ends with an error as soon as it is the file's turn.</source>
        <translation>轮到该文件时训练会立即出错结束。</translation>
    </message>
    <message numerus="yes">
        <source>{n:,} masks cannot be read</source>
        <extracomment>One: {n} mask cannot be read</extracomment>
        <translation><numerusform>{n:,} 张掩码无法读取</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>{n:,} images cannot be read</source>
        <extracomment>One: {n} image cannot be read</extracomment>
        <translation><numerusform>{n:,} 张图像无法读取</numerusform></translation>
    </message>
    <message>
        <source>Copy or export the file again</source>
        <translation>请重新复制或导出文件</translation>
    </message>
    <message>
        <source>; the fix moves image and mask into the backup.</source>
        <translation>；修复会把图像和掩码移入备份。</translation>
    </message>
    <message>
        <source>, or take the pair out of the splits.</source>
        <translation>，或把该配对从划分中去掉。</translation>
    </message>
    <message>
        <source>A training reads three bands; the others are dropped without a word.</source>
        <translation>训练读取三个波段；其余的会不声不响地丢弃。</translation>
    </message>
    <message>
        <source>Export the three bands that tell most as RGB.</source>
        <translation>请把信息最多的三个波段导出为 RGB。</translation>
    </message>
    <message>
        <source>Transparency is dropped; hidden pixels show what the file holds there.</source>
        <translation>透明度会丢弃；隐藏的像素会显示文件在那里的内容。</translation>
    </message>
    <message>
        <source>Nothing, where the pictures look right without it.</source>
        <translation>如果没有它图片也正常，则无需处理。</translation>
    </message>
    <message>
        <source>{many} more than 8 bits</source>
        <translation>{many}超过 8 位</translation>
    </message>
    <message>
        <source>A training keeps the upper 8 bits: 12-bit data in 16-bit files come out nearly black, while SegDesk's prediction stretches them.</source>
        <translation>训练只保留高 8 位：16 位文件中的 12 位数据会几乎全黑，而 SegDesk 预测时会拉伸它们。</translation>
    </message>
    <message>
        <source>The fix stretches each image to 8 bits, as a prediction does.</source>
        <translation>修复会像预测那样把每张图像拉伸到 8 位。</translation>
    </message>
    <message>
        <source>{many} more than {huge_mp:.0f} megapixels</source>
        <translation>{many}超过 {huge_mp:.0f} 百万像素</translation>
    </message>
    <message>
        <source>A training crops them, but validation takes them whole, and may run out of memory; each crop costs decoding the whole file.</source>
        <translation>训练会裁剪它们，但验证会整张处理，可能耗尽内存；每次裁剪都要解码整个文件。</translation>
    </message>
    <message>
        <source>Cut them into tiles, or validate in sliding windows.</source>
        <translation>请切成小块，或以滑动窗口验证。</translation>
    </message>
    <message>
        <source>{many} of a kind that no training reads</source>
        <translation>{many}任何训练都不读取的类型</translation>
    </message>
    <message>
        <source>Only .jpg, .jpeg, .png, .bmp, .tif, .tiff and .webp are looked at.</source>
        <translation>只查看 .jpg、.jpeg、.png、.bmp、.tif、.tiff 和 .webp。</translation>
    </message>
    <message>
        <source>Save them as PNG.</source>
        <translation>请保存为 PNG。</translation>
    </message>
    <message>
        <source>The images end in {named}</source>
        <translation>图像的后缀有 {named}</translation>
    </message>
    <message>
        <source>A training here reads all of them. A plain mmseg config reads one suffix, in one case of letters, and finds no others.</source>
        <translation>这里的训练都能读取。普通的 mmseg 配置只读取一种后缀且区分大小写，找不到其他的。</translation>
    </message>
    <message>
        <source>{many} a space at the end</source>
        <translation>{many}末尾有空格</translation>
    </message>
    <message>
        <source>Lists of names are read without spaces at their ends, so the file is not found.</source>
        <translation>名称列表读取时会去掉末尾的空格，因此找不到文件。</translation>
    </message>
    <message>
        <source>Rename the files.</source>
        <translation>请重命名这些文件。</translation>
    </message>
    <message>
        <source>{many} be used on Windows</source>
        <translation>{many}在 Windows 上使用</translation>
    </message>
    <message>
        <source>The set can be trained on here, but not be copied to Windows.</source>
        <translation>该数据集可在这里训练，但不能复制到 Windows。</translation>
    </message>
    <message>
        <source>Rename the files if they shall go there.</source>
        <translation>若要在那里使用，请重命名文件。</translation>
    </message>
    <message>
        <source>{many} letters beyond ASCII</source>
        <translation>{many} ASCII 以外的字符</translation>
    </message>
    <message>
        <source>SegDesk reads them. Other programs on Windows that open images with OpenCV by name do not.</source>
        <translation>SegDesk 能读取它们。Windows 上按名称用 OpenCV 打开图像的其他程序则不能。</translation>
    </message>
    <message>
        <source>Nothing is needed here.</source>
        <translation>这里无需处理。</translation>
    </message>
    <message>
        <source>{many} litter</source>
        <translation>{many}杂余文件</translation>
    </message>
    <message>
        <source>Systems and archives leave such files behind. SegDesk passes them over; a plain mmseg training takes them for images and stops.</source>
        <translation>系统和压缩包会留下这类文件。SegDesk 会略过；普通的 mmseg 训练会把它们当作图像而停止。</translation>
    </message>
    <message>
        <source>The fix moves them into the backup.</source>
        <translation>修复会把它们移入备份。</translation>
    </message>
    <message>
        <source>{images} {what}</source>
        <translation>{images} {what}</translation>
    </message>
    <message>
        <source>{many} smaller than the crop of {crop}</source>
        <translation>{many}小于 {crop} 的裁剪</translation>
    </message>
    <message>
        <source>What is missing is filled up and ignored: time spent on nothing.</source>
        <translation>缺少的部分会补齐并忽略：白费时间。</translation>
    </message>
    <message>
        <source>The fix writes the suffixes in lower case.</source>
        <translation>修复会把后缀改为小写。</translation>
    </message>
    <message>
        <source>space at its end</source>
        <translation>末尾有空格</translation>
    </message>
    <message>
        <source>Choose a smaller crop</source>
        <translation>请选择较小的裁剪</translation>
    </message>
    <message>
        <source>reserved on Windows</source>
        <translation>Windows 保留名称</translation>
    </message>
    <message>
        <source>image has</source>
        <translation>张图像有</translation>
    </message>
    <message>
        <source>images have</source>
        <translation>张图像有</translation>
    </message>
    <message>
        <source>, such as the usual shorter side.</source>
        <translation>，例如常见的短边。</translation>
    </message>
    <message>
        <source>image is</source>
        <translation>张图像是</translation>
    </message>
    <message>
        <source>images are</source>
        <translation>张图像是</translation>
    </message>
    <message>
        <source>letters beyond ASCII</source>
        <translation>ASCII 以外的字符</translation>
    </message>
    <message>
        <source>file name has</source>
        <translation>个文件名有</translation>
    </message>
    <message>
        <source>file names have</source>
        <translation>个文件名有</translation>
    </message>
    <message>
        <source>file name cannot</source>
        <translation>个文件名不能</translation>
    </message>
    <message>
        <source>file names cannot</source>
        <translation>个文件名不能</translation>
    </message>
    <message>
        <source>file name holds</source>
        <translation>个文件名含有</translation>
    </message>
    <message>
        <source>file names hold</source>
        <translation>个文件名含有</translation>
    </message>
    <message>
        <source>file is</source>
        <translation>个文件是</translation>
    </message>
    <message>
        <source>files are</source>
        <translation>个文件是</translation>
    </message>
    <message>
        <source>more bands than three</source>
        <translation>三个以上的波段</translation>
    </message>
    <message>
        <source>transparency</source>
        <translation>透明度</translation>
    </message>
    <message>
        <source>A picture without its mask ends a training at a random moment, when it is its turn.</source>
        <translation>没有掩码的图片轮到时会使训练在任意时刻中断。</translation>
    </message>
    <message>
        <source>A mask without its picture is not used, and may be a misspelt name.</source>
        <translation>没有图片的掩码不会使用，可能是名称拼错。</translation>
    </message>
    <message>
        <source>JPEG changes numbers a little, and each changed number is another class. A training here reads PNG alone.</source>
        <translation>JPEG 会略微改变数值，而每个改变的数值都是另一个类别。这里的训练只读取 PNG。</translation>
    </message>
    <message>
        <source>{dimensions}, image {dimensions2}</source>
        <translation>{dimensions}，图像 {dimensions2}</translation>
    </message>
    <message>
        <source>blended colours</source>
        <translation>混合的颜色</translation>
    </message>
    <message>
        <source>colours instead of numbers</source>
        <translation>是颜色而不是数值</translation>
    </message>
    <message>
        <source>The fix writes the number of the nearest class colour; pixels far from all of them become 255, ignored.</source>
        <translation>修复会写出最近类别颜色的数值；与所有颜色都相差较远的像素变为 255，即忽略。</translation>
    </message>
    <message>
        <source>Import the set with segdesk convert and a table of its colours: --classes FILE, and --tolerance for those nearby.</source>
        <translation>请用 segdesk convert 和颜色表导入该数据集：--classes FILE；对相近的颜色用 --tolerance。</translation>
    </message>
    <message>
        <source>The fix writes PNG, the darker half as 0, the brighter as 1.</source>
        <translation>修复会写为 PNG，较暗的一半为 0，较亮的为 1。</translation>
    </message>
    <message>
        <source>The fix writes PNG; all numbers are those of classes.</source>
        <translation>修复会写为 PNG；所有数值都是类别的数值。</translation>
    </message>
    <message>
        <source>Export the masks again as PNG: what JPEG changed is lost.</source>
        <translation>请把掩码重新导出为 PNG：JPEG 改变的内容已丢失。</translation>
    </message>
    <message>
        <source>no mask</source>
        <translation>没有掩码</translation>
    </message>
    <message>
        <source>no image</source>
        <translation>没有图像</translation>
    </message>
    <message>
        <source>mask has</source>
        <translation>张掩码有</translation>
    </message>
    <message>
        <source>masks have</source>
        <translation>张掩码有</translation>
    </message>
    <message>
        <source>The fix scales the masks, nearest neighbour.</source>
        <translation>修复会以最近邻缩放掩码。</translation>
    </message>
    <message>
        <source>Their shapes differ too: export these masks again.</source>
        <translation>它们的长宽比也不同：请重新导出这些掩码。</translation>
    </message>
    <message>
        <source>A training reads numbers. Edges were smoothed, so that colours stand between those of the classes; a plain conversion gives them to class 0.</source>
        <translation>训练读取数值。边缘被平滑过，使一些颜色介于类别颜色之间；简单转换会把它们归入类别 0。</translation>
    </message>
    <message>
        <source>A training reads numbers, one for each class, and stops at colours.</source>
        <translation>训练读取数值，每个类别一个，遇到颜色会停止。</translation>
    </message>
    <message>
        <source>{many} numbered differently from file to file</source>
        <translation>{many}各文件编号不同</translation>
    </message>
    <message>
        <source>{why}. A training reads the index, and would learn another class from each file.</source>
        <translation>{why}。训练读取索引，会从每个文件学到不同的类别。</translation>
    </message>
    <message>
        <source>{many} three equal bands</source>
        <translation>{many}三个相同的波段</translation>
    </message>
    <message>
        <source>A training wants one band; with three it stops in the loss with an error about shapes.</source>
        <translation>训练需要一个波段；有三个时会在损失处因形状错误而停止。</translation>
    </message>
    <message>
        <source>The fix keeps one of the three; no number changes.</source>
        <translation>修复会保留三个中的一个；数值不变。</translation>
    </message>
    <message>
        <source>The fix numbers them by their colours.</source>
        <translation>修复会按其颜色编号。</translation>
    </message>
    <message>
        <source>Import the set with segdesk convert --meaning colour, and a table of its colours: --classes FILE.</source>
        <translation>请用 segdesk convert --meaning colour 和颜色表导入该数据集：--classes FILE。</translation>
    </message>
    <message>
        <source>{many} not PNG</source>
        <translation>{many}非 PNG</translation>
    </message>
    <message>
        <source>A training looks for masks that end in .png and does not find these.</source>
        <translation>训练查找以 .png 结尾的掩码，找不到这些。</translation>
    </message>
    <message>
        <source>The fix writes them as PNG; no number changes.</source>
        <translation>修复会写为 PNG；数值不变。</translation>
    </message>
    <message numerus="yes">
        <source>{n:,} masks lie across their images</source>
        <extracomment>One: {many} across its image</extracomment>
        <translation><numerusform>{n:,} 张掩码与其图像方向不同</numerusform></translation>
    </message>
    <message>
        <source>The image carries a camera's note to turn it, which is followed when it is read; the mask was drawn on the picture as it is stored.</source>
        <translation>图像带有相机的旋转记录，读取时会遵循；而掩码是在存储时的画面上绘制的。</translation>
    </message>
    <message>
        <source>The fix turns the masks as the images are turned.</source>
        <translation>修复会把掩码按图像的方式旋转。</translation>
    </message>
    <message>
        <source>{many} turned by a camera's note</source>
        <translation>{many}按相机记录旋转的</translation>
    </message>
    <message>
        <source>The note is followed when the image is read. Sizes do not tell whether the mask was drawn on the turned picture.</source>
        <translation>读取图像时会遵循该记录。从尺寸无法得知掩码是否绘制在旋转后的画面上。</translation>
    </message>
    <message>
        <source>Look at one of them in SegDesk; where the mask lies wrong, save the image without the note.</source>
        <translation>请在 SegDesk 中查看其中一张；若掩码位置不对，请保存不带该记录的图像。</translation>
    </message>
    <message>
        <source>mask holds</source>
        <translation>张掩码含有</translation>
    </message>
    <message>
        <source>masks hold</source>
        <translation>张掩码含有</translation>
    </message>
    <message>
        <source>{distinct} colours, {share:.1%} are of classes</source>
        <translation>{distinct} 种颜色，{share:.1%} 属于类别</translation>
    </message>
    <message>
        <source>{distinct} colours</source>
        <translation>{distinct} 种颜色</translation>
    </message>
    <message>
        <source>{distinct} indices</source>
        <translation>{distinct} 个索引</translation>
    </message>
    <message>
        <source>{masks} JPEG</source>
        <translation>{masks} JPEG</translation>
    </message>
    <message>
        <source>Add what is missing under the same name; the fix moves these files into the backup.</source>
        <translation>请以相同名称补上缺少的；修复会把这些文件移入备份。</translation>
    </message>
    <message>
        <source>Add what is missing under the same name, or leave it: such files take no part.</source>
        <translation>请以相同名称补上缺少的，或不管它：这些文件不参与。</translation>
    </message>
    <message>
        <source>{many} another size than the image</source>
        <translation>{many}与图像不同的尺寸</translation>
    </message>
    <message>
        <source>Crops would be cut from different places: labels and picture do not lie over each other.</source>
        <translation>裁剪会取自不同的位置：标签与图片不重合。</translation>
    </message>
    <message>
        <source>palette mask is</source>
        <translation>张调色板掩码</translation>
    </message>
    <message>
        <source>palette masks are</source>
        <translation>张调色板掩码</translation>
    </message>
    <message>
        <source>orientation {orientation}</source>
        <translation>方向 {orientation}</translation>
    </message>
    <message>
        <source>{distinct} values</source>
        <translation>{distinct} 个数值</translation>
    </message>
    <message>
        <source>mask is</source>
        <translation>张掩码是</translation>
    </message>
    <message>
        <source>masks are</source>
        <translation>张掩码是</translation>
    </message>
    <message>
        <source>mask lies</source>
        <translation>张掩码</translation>
    </message>
    <message>
        <source>masks lie</source>
        <translation>张掩码</translation>
    </message>
    <message>
        <source>mask is a</source>
        <translation>张掩码是</translation>
    </message>
    <message>
        <source>{many} in another split too</source>
        <translation>{many}也在另一个划分中</translation>
    </message>
    <message>
        <source>The model is examined on pictures that it has learned by heart: its scores say more than it can do.</source>
        <translation>模型在它死记过的图片上受检验：得分高于其实际能力。</translation>
    </message>
    <message>
        <source>{name!r} occurs in {here} and not in {there}</source>
        <translation>{name!r} 出现在 {here} 中，而不在 {there} 中</translation>
    </message>
    <message>
        <source>The fix moves the copies in train, with their masks, into the backup.</source>
        <translation>修复会把 train 中的副本连同其掩码移入备份。</translation>
    </message>
    <message>
        <source>Give the copies the same split, or take them out.</source>
        <translation>请把副本放在同一个划分，或去掉它们。</translation>
    </message>
    <message>
        <source>Its score in validation is not a number, and nobody sees whether it is learned.</source>
        <translation>它在验证中的得分不是数，没人看得出它是否学会。</translation>
    </message>
    <message>
        <source>It is asked for in validation and was never shown: its score is 0 and pulls the mean down.</source>
        <translation>验证要求它而训练从未见过：其得分为 0，拉低平均值。</translation>
    </message>
    <message>
        <source>{name!r} occurs nowhere</source>
        <translation>{name!r} 没有出现</translation>
    </message>
    <message>
        <source>It cannot be learned or scored.</source>
        <translation>它无法学习，也无法评分。</translation>
    </message>
    <message>
        <source>The folder is no training set yet</source>
        <translation>该文件夹还不是训练集</translation>
    </message>
    <message>
        <source>A training takes a SegDesk project, or img_dir/{train,val} and ann_dir/{train,val} with classes.json.</source>
        <translation>训练需要 SegDesk 项目，或 img_dir/{train,val} 和 ann_dir/{train,val} 及 classes.json。</translation>
    </message>
    <message>
        <source>Import it in SegDesk, or write one: segdesk convert DIR --to mmseg --out DIR --val 0.2.</source>
        <translation>请在 SegDesk 中导入，或写出一个：segdesk convert DIR --to mmseg --out DIR --val 0.2。</translation>
    </message>
    <message>
        <source>There is no labelled image</source>
        <translation>没有已标注的图像</translation>
    </message>
    <message>
        <source>No mask belongs to an image by its name: nothing can be learned.</source>
        <translation>没有掩码按名称属于某张图像：无从学习。</translation>
    </message>
    <message>
        <source>Label some images, or check that the folder is the one you mean. Where each object has a mask of its own, import the set first.</source>
        <translation>请标注一些图像，或检查文件夹是否正确。若每个物体各有一张掩码，请先导入该数据集。</translation>
    </message>
    <message>
        <source>There is one image to learn from</source>
        <translation>只有一张图像可供学习</translation>
    </message>
    <message>
        <source>The network learns this picture by heart and little else.</source>
        <translation>网络会死记这张图片，除此之外学不到多少。</translation>
    </message>
    <message>
        <source>Label more images; a few dozen are a good start.</source>
        <translation>请标注更多图像；几十张是不错的开始。</translation>
    </message>
    <message>
        <source>{many} to two images</source>
        <translation>{many}两张图像</translation>
    </message>
    <message>
        <source>Two images have one name but for the suffix, so one of them would be trained with the mask of the other.</source>
        <translation>两张图像除后缀外名称相同，其中一张会用另一张的掩码训练。</translation>
    </message>
    <message>
        <source>Rename one of the two and its mask.</source>
        <translation>请重命名其中一张及其掩码。</translation>
    </message>
    <message>
        <source>is {name} of {split}</source>
        <translation>即 {split} 的 {name}</translation>
    </message>
    <message>
        <source>{many} there twice</source>
        <translation>{many}出现两次</translation>
    </message>
    <message>
        <source>A copy counts double; with two different masks it contradicts itself.</source>
        <translation>副本会重复计算；若有两张不同的掩码则自相矛盾。</translation>
    </message>
    <message>
        <source>Keep one of each.</source>
        <translation>请各保留一份。</translation>
    </message>
    <message>
        <source>like {name} of train</source>
        <translation>与 train 的 {name} 相似</translation>
    </message>
    <message>
        <source>{many} like one of train</source>
        <translation>{many}与 train 中的一张相似</translation>
    </message>
    <message>
        <source>Frames of one film or tiles of one scene on both sides make scores better than the model is.</source>
        <translation>同一影片的帧或同一场景的小块分在两边，会使得分高于模型的实际水平。</translation>
    </message>
    <message>
        <source>Divide by scene or film: such pictures belong to the same split.</source>
        <translation>请按场景或影片划分：这类图片应属于同一个划分。</translation>
    </message>
    <message>
        <source>Divide the images anew so that both have some, or take the class out of the list.</source>
        <translation>请重新划分图像，使两边都有一些，或把该类别从列表中去掉。</translation>
    </message>
    <message>
        <source>{ignored:.0%} of all pixels are ignored</source>
        <translation>所有像素的 {ignored:.0%} 被忽略</translation>
    </message>
    <message>
        <source>They take the time of the others and teach nothing.</source>
        <translation>它们占用其他像素的时间，却什么也教不了。</translation>
    </message>
    <message>
        <source>Label more, or check that 255 is meant as ignored.</source>
        <translation>请多标注，或检查 255 是否确为忽略。</translation>
    </message>
    <message>
        <source>Without val nobody can say whether a model is good; without train there is nothing to learn.</source>
        <translation>没有 val 就没人能说模型好不好；没有 train 就无从学习。</translation>
    </message>
    <message>
        <source>image of train is</source>
        <translation>张 train 的图像</translation>
    </message>
    <message>
        <source>images of train are</source>
        <translation>张 train 的图像</translation>
    </message>
    <message>
        <source>{names!r} covers {share:.3%} of the labelled pixels</source>
        <translation>{names!r} 占已标注像素的 {share:.3%}</translation>
    </message>
    <message>
        <source>A plain loss hardly notices it: a network that never says it is almost always right.</source>
        <translation>普通损失几乎注意不到它：从不预测它的网络几乎总是对的。</translation>
    </message>
    <message>
        <source>Train with class weights or a Dice loss, and with smaller crops around it.</source>
        <translation>请用类别权重或 Dice 损失训练，并在其周围用较小的裁剪。</translation>
    </message>
    <message>
        <source>The images are not divided into train and val</source>
        <translation>图像没有划分为 train 和 val</translation>
    </message>
    <message>
        <source>The split {named} is empty</source>
        <translation>划分 {named} 是空的</translation>
    </message>
    <message>
        <source>Divide the images: File, Split images.</source>
        <translation>请划分图像：“文件”菜单，“划分图像”。</translation>
    </message>
    <message>
        <source>, and their masks into the same folders of ann_dir.</source>
        <translation>，并把其掩码移到 ann_dir 的相同文件夹中。</translation>
    </message>
    <message>
        <source>mask belongs</source>
        <translation>张掩码对应</translation>
    </message>
    <message>
        <source>masks belong</source>
        <translation>张掩码对应</translation>
    </message>
    <message>
        <source>image looks</source>
        <translation>张图像</translation>
    </message>
    <message>
        <source>images look</source>
        <translation>张图像</translation>
    </message>
    <message>
        <source>Move some images into </source>
        <translation>请把一些图像移到 </translation>
    </message>
    <message>
        <source>The config takes label 0 away</source>
        <translation>配置去掉了标签 0</translation>
    </message>
    <message>
        <source>With reduce_zero_label, 0 becomes ignored and 1 becomes 0: of two classes one is left, and the loss falls to 0.</source>
        <translation>使用 reduce_zero_label 时，0 变为忽略，1 变为 0：两个类别只剩一个，损失降为 0。</translation>
    </message>
    <message>
        <source>Set reduce_zero_label=False in the data sets and LoadAnnotations.</source>
        <translation>请在数据集和 LoadAnnotations 中设 reduce_zero_label=False。</translation>
    </message>
    <message>
        <source>reduce_zero_label is not the same everywhere</source>
        <translation>reduce_zero_label 不一致</translation>
    </message>
    <message>
        <source>It is on in {on} and off in {off}: the training stops at its first sample.</source>
        <translation>它在 {on} 中打开而在 {off} 中关闭：训练会在第一个样本处停止。</translation>
    </message>
    <message>
        <source>Set it to the same value in both.</source>
        <translation>请在两处设为相同的值。</translation>
    </message>
    <message>
        <source>The config's heads have {wrong} classes, the data {count}</source>
        <translation>配置的头部有 {wrong} 个类别，数据有 {count} 个</translation>
    </message>
    <message>
        <source>Trained as it stands, labels would lie beyond the heads, or scores be counted for classes that are not there.</source>
        <translation>若照此训练，标签会超出头部范围，或为不存在的类别计分。</translation>
    </message>
    <message>
        <source>SegDesk writes {count} into every head when it trains.</source>
        <translation>SegDesk 训练时会把 {count} 写入每个头部。</translation>
    </message>
    <message>
        <source>The config's palette has {palette} colours for {count} classes</source>
        <translation>配置的调色板有 {palette} 种颜色，而类别有 {count} 个</translation>
    </message>
    <message>
        <source>Pictures of results fail, or show wrong colours.</source>
        <translation>结果图片会出错，或显示错误的颜色。</translation>
    </message>
    <message>
        <source>SegDesk writes the palette of the data when it trains.</source>
        <translation>SegDesk 训练时会写入数据的调色板。</translation>
    </message>
    <message>
        <source>{pooling} cannot learn from a batch of 1</source>
        <translation>{pooling} 无法从大小为 1 的批次学习</translation>
    </message>
    <message>
        <source>It pools each picture to one value and normalises over the batch: of one value nothing is left, and the training stops.</source>
        <translation>它把每张图片汇成一个值并在批次上归一化：一个值归一化后什么也不剩，训练会停止。</translation>
    </message>
    <message>
        <source>Choose a batch of 2 or more.</source>
        <translation>请选择 2 或更大的批大小。</translation>
    </message>
    <message>
        <source>The config tests at {tested} px and trains at {trained} px</source>
        <translation>配置以 {tested} px 测试，以 {trained} px 训练</translation>
    </message>
    <message>
        <source>Objects are smaller in the test than they ever were in the training: scores are low although the model is not bad.</source>
        <translation>测试时的物体比训练时见过的都小：模型不差得分却低。</translation>
    </message>
    <message>
        <source>SegDesk tests at the pictures' own size when it trains.</source>
        <translation>SegDesk 训练时以图片自身的尺寸测试。</translation>
    </message>
    <message>
        <source>{many} another label</source>
        <translation>{many}另一个标签</translation>
    </message>
    <message>
        <source>{named}; the masks use 255. Where they differ, ignored pixels are learned or classes are left out.</source>
        <translation>{named}；掩码使用 255。不一致时，忽略的像素会被学习，或类别会被遗漏。</translation>
    </message>
    <message>
        <source>Set all of them to 255.</source>
        <translation>请全部设为 255。</translation>
    </message>
    <message>
        <source>A head of one channel has a loss for several</source>
        <translation>单通道头部使用了多类别的损失</translation>
    </message>
    <message>
        <source>With out_channels=1 the loss needs use_sigmoid=True; softmax over one channel is always 1.</source>
        <translation>out_channels=1 时损失需要 use_sigmoid=True；单通道的 softmax 恒为 1。</translation>
    </message>
    <message>
        <source>Set use_sigmoid=True in its loss, or leave out_channels out.</source>
        <translation>请在其损失中设 use_sigmoid=True，或不设 out_channels。</translation>
    </message>
    <message>
        <source>A head of one channel says yes from {threshold:g} on</source>
        <translation>单通道头部从 {threshold:g} 起判为是</translation>
    </message>
    <message>
        <source>mmseg's own threshold is 0.3: masks come out too large.</source>
        <translation>mmseg 自带的阈值为 0.3：得到的掩码偏大。</translation>
    </message>
    <message>
        <source>Set threshold=0.5 in the head.</source>
        <translation>请在头部设 threshold=0.5。</translation>
    </message>
    <message>
        <source>place ignores</source>
        <translation>处忽略</translation>
    </message>
    <message>
        <source>places ignore</source>
        <translation>处忽略</translation>
    </message>
    <message>
        <source>{many} 0 and 255 alone, and the others 0 and 1</source>
        <translation>{many}只有 0 和 255，其余只有 0 和 1</translation>
    </message>
    <message>
        <source>255 means ignored. Where it was meant as the object, it is not learned in these pictures.</source>
        <translation>255 表示忽略。若本意是物体，则这些图片学不到它。</translation>
    </message>
    <message>
        <source>Look at one of them in SegDesk; give the object 1 if it is one.</source>
        <translation>请在 SegDesk 中查看其中一张；若它是物体，请给它 1。</translation>
    </message>
    <message>
        <source>Write {"classes": [{"name": "background"}, {"name": "road"}]}, one entry for each mask value from 0.</source>
        <translation>请写 {"classes": [{"name": "background"}, {"name": "road"}]}，从 0 起每个掩码数值一项。</translation>
    </message>
    <message>
        <source>0 and 255</source>
        <translation>0 和 255</translation>
    </message>
    <message>
        <source>{many} 0 and 255 alone</source>
        <translation>{many}只有 0 和 255</translation>
    </message>
    <message>
        <source>255 means ignored: the object would never be learned, and the loss falls to 0 at once because background is all that is left.</source>
        <translation>255 表示忽略：物体永远学不到，而且损失会立即降为 0，因为只剩背景。</translation>
    </message>
    <message>
        <source>{many} background alone ({share:.0%})</source>
        <translation>{many}只有背景（{share:.0%}）</translation>
    </message>
    <message>
        <source>0 means {first!r}</source>
        <translation>0 表示 {first!r}</translation>
    </message>
    <message>
        <source>There is one class, {names!r}</source>
        <translation>只有一个类别 {names!r}</translation>
    </message>
    <message>
        <source>With one class every pixel is right from the start: the loss is exactly 0 for ever, and nothing is learned.</source>
        <translation>只有一个类别时每个像素一开始就是对的：损失永远为 0，什么也学不到。</translation>
    </message>
    <message>
        <source>{many} labels beyond the {count} classes</source>
        <translation>{many}超出 {count} 个类别的标签</translation>
    </message>
    <message>
        <source>The classes are 0 to {count}. On a CPU the training stops with an index error, on a GPU the process dies; in validation the pixels are left out without a word.</source>
        <translation>类别为 0 到 {count}。在 CPU 上训练会因索引错误停止，在 GPU 上进程会崩溃；验证时这些像素会不声不响地略去。</translation>
    </message>
    <message>
        <source>Name every class, or give these pixels 255, which is ignored.</source>
        <translation>请为每个类别命名，或把这些像素设为 255，即忽略。</translation>
    </message>
    <message>
        <source>The fix writes 1 for 255.</source>
        <translation>修复会用 1 代替 255。</translation>
    </message>
    <message>
        <source>Give these pixels the number of their class.</source>
        <translation>请把这些像素设为其类别的数值。</translation>
    </message>
    <message>
        <source>{many} ignored altogether</source>
        <translation>{many}全部被忽略</translation>
    </message>
    <message>
        <source>Every pixel is 255. A picture without a label teaches nothing: its loss is 0, and its scores are not numbers.</source>
        <translation>每个像素都是 255。没有标签的图片什么也教不了：损失为 0，得分不是数。</translation>
    </message>
    <message>
        <source>Label these pictures, or take them out of the split.</source>
        <translation>请标注这些图片，或把它们从划分中去掉。</translation>
    </message>
    <message>
        <source>No object occurs in any mask: there is nothing to learn.</source>
        <translation>没有掩码含有任何物体：无从学习。</translation>
    </message>
    <message>
        <source>A few such pictures teach what is no object; where they are most, the network may settle on background everywhere.</source>
        <translation>少量这样的图片能教会什么不是物体；若占多数，网络可能处处都判为背景。</translation>
    </message>
    <message>
        <source>Label the objects.</source>
        <translation>请标注物体。</translation>
    </message>
    <message>
        <source>Take some of them out, or train with weights of the classes or a Dice loss.</source>
        <translation>请去掉其中一些，或用类别权重或 Dice 损失训练。</translation>
    </message>
    <message>
        <source>{many} numbers above 255</source>
        <translation>{many}大于 255 的数值</translation>
    </message>
    <message>
        <source>A training keeps the lowest 8 bits and does not say so: 300 becomes 44, another class.</source>
        <translation>训练只保留最低 8 位且不作说明：300 会变成 44，即另一个类别。</translation>
    </message>
    <message>
        <source>These may be ids of instances, or depths. Export class numbers, or import the set with segdesk convert, which numbers ids anew.</source>
        <translation>这些可能是实例编号或深度。请导出类别数值，或用 segdesk convert 导入，它会重新编号。</translation>
    </message>
    <message>
        <source>Their numbers fit into 8 bits, but masks of this kind are refused.</source>
        <translation>其数值放得进 8 位，但这类掩码会被拒绝。</translation>
    </message>
    <message>
        <source>The fix writes them with 8 bits; no number changes.</source>
        <translation>修复会写为 8 位；数值不变。</translation>
    </message>
    <message>
        <source>{many} grey noise around two values</source>
        <translation>{many}两个数值周围的灰度噪声</translation>
    </message>
    <message>
        <source>Almost all pixels are near 0 or near 255, and a few lie between: the mask was once a JPEG or was smoothed. Each grey counts as a class.</source>
        <translation>几乎所有像素都接近 0 或 255，少数介于其间：该掩码曾是 JPEG 或被平滑过。每种灰度都会算作一个类别。</translation>
    </message>
    <message>
        <source>The fix takes the darker half as 0 and the brighter half as 1.</source>
        <translation>修复把较暗的一半作为 0，较亮的一半作为 1。</translation>
    </message>
    <message>
        <source>The masks count to {classes}, one more than there are classes: 0 seems to be a background that the list lacks, and then {first!r} would be 1.</source>
        <translation>掩码数到 {classes}，比类别数多一：0 似乎是列表缺少的背景，那么 {first!r} 应为 1。</translation>
    </message>
    <message>
        <source>0 occurs in the masks, and the first class is {first!r}. Where 0 was meant as background, all classes would be shifted by one.</source>
        <translation>掩码中出现 0，而第一个类别是 {first!r}。若 0 本意为背景，则所有类别都会错一位。</translation>
    </message>
    <message>
        <source>Put background first in the list of classes, if 0 means that.</source>
        <translation>若 0 表示背景，请把背景放在类别列表的最前面。</translation>
    </message>
    <message>
        <source>Nothing, where 0 is {first!r}: a set needs no background. Else put background first in the list of classes.</source>
        <translation>若 0 就是 {first!r}，则无需处理：数据集不必有背景。否则请把背景放在类别列表的最前面。</translation>
    </message>
    <message>
        <source>The fix adds background as class 0.</source>
        <translation>修复会把背景添加为类别 0。</translation>
    </message>
    <message>
        <source>Name background as class 0 and what is looked for as class 1.</source>
        <translation>请把背景命名为类别 0，把要找的内容命名为类别 1。</translation>
    </message>
    <message>
        <source>Nothing names the classes</source>
        <translation>没有内容为类别命名</translation>
    </message>
    <message>
        <source>Write {name}, or open the folder in SegDesk and name the classes there.</source>
        <translation>请写 {name}，或在 SegDesk 中打开该文件夹并为类别命名。</translation>
    </message>
    <message>
        <source>A training needs a name for each number in the masks</source>
        <translation>训练需要为掩码中的每个数值命名</translation>
    </message>
    <message>
        <source>up to {labels:,}</source>
        <translation>直到 {labels:,}</translation>
    </message>
    <message>
        <source>; they hold {used}.</source>
        <translation>；它们含有 {used}。</translation>
    </message>
    <message>
        <source>Name a folder of images and masks, or a project.</source>
        <translation>请指定含图像和掩码的文件夹，或项目。</translation>
    </message>
    <message>
        <source>Where the labels are those of another program, or there are several kinds, write a training set first: segdesk convert DIR --to mmseg --out DIR.</source>
        <translation>若标注来自其他程序，或有多种类型，请先写出训练集：segdesk convert DIR --to mmseg --out DIR。</translation>
    </message>
</context>
<context>
    <name>segdesk/formats</name>
    <message>
        <source>The annotation was not read.</source>
        <translation>标注没有读取。</translation>
    </message>
    <message>
        <source>It says that its image is {width:,} × {height:,} px.</source>
        <translation>它称其图像为 {width:,} × {height:,} px。</translation>
    </message>
    <message>
        <source>Put the image beside it, or correct its size.</source>
        <translation>请把图像放在它旁边，或改正其尺寸。</translation>
    </message>
    <message>
        <source>{name} is a file of EISeg</source>
        <translation>{name} 是 EISeg 的文件</translation>
    </message>
    <message>
        <source>held by process {pid} on {host}</source>
        <translation>被 {host} 上的进程 {pid} 占用</translation>
    </message>
    <message>
        <source>{name} was not set aside.</source>
        <translation>{name} 没有放到一旁。</translation>
    </message>
    <message>
        <source>{reason}. It stays as it is, and nothing was written.</source>
        <translation>{reason}。它保持原样，没有写入任何内容。</translation>
    </message>
    <message>
        <source>Check that you may write into {folder}.</source>
        <translation>请检查你能否写入 {folder}。</translation>
    </message>
    <message>
        <source>There is no {path}.</source>
        <translation>{path} 不存在。</translation>
    </message>
    <message>
        <source>It is not a complete JSON file: {error}.</source>
        <translation>它不是完整的 JSON 文件：{error}。</translation>
    </message>
    <message>
        <source>Export or copy it again.</source>
        <translation>请重新导出或复制。</translation>
    </message>
    <message>
        <source>It is not a text file in UTF-8: {error}.</source>
        <translation>它不是 UTF-8 文本文件：{error}。</translation>
    </message>
    <message>
        <source>Export or save it again.</source>
        <translation>请重新导出或保存。</translation>
    </message>
    <message>
        <source>Check that you may read it.</source>
        <translation>请检查你能否读取它。</translation>
    </message>
    <message>
        <source>{name} was not copied.</source>
        <translation>{name} 没有复制。</translation>
    </message>
    <message>
        <source>it holds img_dir and ann_dir</source>
        <translation>它含有 img_dir 和 ann_dir</translation>
    </message>
    <message>
        <source>it holds folders of images and masks</source>
        <translation>它含有图像和掩码的文件夹</translation>
    </message>
    <message>
        <source>No image was found for its mask, and a training needs both.</source>
        <translation>没有找到其掩码对应的图像，而训练两者都需要。</translation>
    </message>
    <message>
        <source>Put the image into the source under the same name, or write masks only, without images.</source>
        <translation>请以相同名称把图像放入来源，或只写出掩码而不写图像。</translation>
    </message>
    <message>
        <source>{both} folders hold one image and a mask for each object</source>
        <translation>{both} 个文件夹各含一张图像和每个物体一张的掩码</translation>
    </message>
    <message>
        <source>No instance masks were found.</source>
        <translation>没有找到实例掩码。</translation>
    </message>
    <message>
        <source>objects are merged into one class</source>
        <translation>物体合并为一个类别</translation>
    </message>
    <message>
        <source>{folder} holds no folder with images/ and masks/ of one image.</source>
        <translation>{folder} 没有含一张图像的 images/ 和 masks/ 的文件夹。</translation>
    </message>
    <message>
        <source>Each image needs a folder of its own.</source>
        <translation>每张图像需要自己的文件夹。</translation>
    </message>
    <message>
        <source>folders without masks of one image</source>
        <translation>没有单张图像掩码的文件夹</translation>
    </message>
    <message>
        <source>{name} was not merged.</source>
        <translation>{name} 没有合并。</translation>
    </message>
    <message>
        <source>objects overlap</source>
        <translation>物体互相重叠</translation>
    </message>
    <message>
        <source>It is {shape} × {shape2} px, the masks before it {shape3} × {shape4} px.</source>
        <translation>它为 {shape} × {shape2} px，之前的掩码为 {shape3} × {shape4} px。</translation>
    </message>
    <message>
        <source>Remove it, or export it again.</source>
        <translation>请移除它，或重新导出。</translation>
    </message>
    <message>
        <source>{name} is a file of ISAT</source>
        <translation>{name} 是 ISAT 的文件</translation>
    </message>
    <message>
        <source>The labels were not read.</source>
        <translation>标注没有读取。</translation>
    </message>
    <message>
        <source>No class was found in them.</source>
        <translation>其中没有找到类别。</translation>
    </message>
    <message>
        <source>Check that the folder is the one you mean.</source>
        <translation>请检查文件夹是否正确。</translation>
    </message>
    <message>
        <source>They have {found:,} classes; {max_classes} fit a label map.</source>
        <translation>它们有 {found:,} 个类别；标签图可容纳 {max_classes} 个。</translation>
    </message>
    <message>
        <source>Name the classes you need in a file, or check whether these numbers are instances, depths or blended colours rather than classes.</source>
        <translation>请在文件中写明需要的类别，或检查这些数值是否为实例、深度或混合颜色而非类别。</translation>
    </message>
    <message>
        <source>Two classes are called {twice!r}.</source>
        <translation>两个类别都叫 {twice!r}。</translation>
    </message>
    <message>
        <source>Rename one of them.</source>
        <translation>请重命名其中一个。</translation>
    </message>
    <message>
        <source>Its name leads out of the folder that was chosen.</source>
        <translation>其名称指向所选文件夹之外。</translation>
    </message>
    <message>
        <source>Rename the item in its source.</source>
        <translation>请在来源中重命名该项。</translation>
    </message>
    <message>
        <source>The annotation of {name} was not read.</source>
        <translation>{name} 的标注没有读取。</translation>
    </message>
    <message>
        <source>It is damaged, or of another format: {name}, {error}.</source>
        <translation>它已损坏，或是其他格式：{name}，{error}。</translation>
    </message>
    <message>
        <source>Export it again, or choose another format.</source>
        <translation>请重新导出，或选择其他格式。</translation>
    </message>
    <message>
        <source>Another item has the same name.</source>
        <translation>另一项有相同的名称。</translation>
    </message>
    <message>
        <source>Rename one of the two.</source>
        <translation>请重命名两者之一。</translation>
    </message>
    <message>
        <source>{name} holds labelme shapes</source>
        <translation>{name} 含有 labelme 形状</translation>
    </message>
    <message>
        <source>It is not a file of {format_name}: what that needs is missing.</source>
        <translation>它不是 {format_name} 的文件：缺少其必需的内容。</translation>
    </message>
    <message>
        <source>Choose another format, or export it again.</source>
        <translation>请选择其他格式，或重新导出。</translation>
    </message>
    <message>
        <source>No mask has the name of an image, or its name and something more.</source>
        <translation>没有掩码的名称与图像相同，或为图像名称再加后缀。</translation>
    </message>
    <message>
        <source>The masks hold class {values}; the classes.json beside them names {named}.</source>
        <translation>掩码含有类别 {values}；旁边的 classes.json 命名了 {named}。</translation>
    </message>
    <message>
        <source>The masks hold no class indices. {cause}</source>
        <translation>掩码不含类别编号。{cause}</translation>
    </message>
    <message>
        <source>The folder of masks holds no PNG.</source>
        <translation>掩码文件夹没有 PNG。</translation>
    </message>
    <message>
        <source>No project was made.</source>
        <translation>没有建立项目。</translation>
    </message>
    <message>
        <source>Images and masks must lie in two folders, none inside the other.</source>
        <translation>图像和掩码必须在两个互不包含的文件夹中。</translation>
    </message>
    <message>
        <source>Put the masks into a folder of their own.</source>
        <translation>请把掩码放在单独的文件夹中。</translation>
    </message>
    <message>
        <source>{folder} is a project already.</source>
        <translation>{folder} 已经是项目。</translation>
    </message>
    <message>
        <source>Open it, or change its {project_file} in a text editor.</source>
        <translation>请打开它，或用文本编辑器更改其 {project_file}。</translation>
    </message>
    <message>
        <source>The two folders lie on different disks.</source>
        <translation>两个文件夹在不同的磁盘上。</translation>
    </message>
    <message>
        <source>Copy the masks to the disk of the images.</source>
        <translation>请把掩码复制到图像所在的磁盘。</translation>
    </message>
    <message>
        <source>The recording broke off.</source>
        <translation>录制中断。</translation>
    </message>
    <message>
        <source> {name} plays up to here.</source>
        <translation>{name} 可播放到此处。</translation>
    </message>
    <message>
        <source>Nothing was recorded.</source>
        <translation>没有录制任何内容。</translation>
    </message>
    <message>
        <source>The recording was ended.</source>
        <translation>录制已结束。</translation>
    </message>
    <message>
        <source>The disk is nearly full: {free:,.1f} MB are free in {folder}.{kept}</source>
        <translation>磁盘即将写满：{folder} 剩余 {free:,.1f} MB。{kept}</translation>
    </message>
    <message>
        <source>Free some space or choose another folder, then record again.</source>
        <translation>请腾出空间或选择其他文件夹，然后重新录制。</translation>
    </message>
    <message>
        <source>{folder} takes no more: {reason}. {name} is kept as far as it was written.</source>
        <translation>{folder} 无法继续写入：{reason}。{name} 已写出的部分保留。</translation>
    </message>
    <message>
        <source>{path} cannot be made: {reason}.</source>
        <translation>{path} 无法建立：{reason}。</translation>
    </message>
    <message>
        <source>Choose another folder for recordings.</source>
        <translation>请为录像选择其他文件夹。</translation>
    </message>
    <message>
        <source>no file names the classes: they are numbered</source>
        <translation>没有文件为类别命名：以编号表示</translation>
    </message>
    <message>
        <source>every mask holds 0 and 255 alone: 255 is taken as class 1, not ignored</source>
        <translation>每张掩码都只有 0 和 255：把 255 当作类别 1，而不是忽略</translation>
    </message>
    <message>
        <source>ids beyond 255 are numbered anew, in ascending order</source>
        <translation>大于 255 的编号按升序重新编号</translation>
    </message>
    <message>
        <source>value 0 never occurs: if it means ignored, say --reduce-zero-label</source>
        <translation>数值 0 从未出现：若它表示忽略，请使用 --reduce-zero-label</translation>
    </message>
    <message>
        <source>class {place}</source>
        <translation>类别 {place}</translation>
    </message>
    <message>
        <source>{name} has names without colours and was left aside</source>
        <translation>{name} 只有名称没有颜色，已略过</translation>
    </message>
    <message>
        <source>class names and colours are from {name}</source>
        <translation>类别名称和颜色来自 {name}</translation>
    </message>
    <message>
        <source>The masks were not read.</source>
        <translation>掩码没有读取。</translation>
    </message>
    <message>
        <source>the {meaning} is the class</source>
        <translation>{meaning}即类别</translation>
    </message>
    <message>
        <source>{moved} palette colours stand elsewhere in {name}</source>
        <translation>{name} 中有 {moved} 种调色板颜色位置不同</translation>
    </message>
    <message>
        <source>class names are from {name}</source>
        <translation>类别名称来自 {name}</translation>
    </message>
    <message>
        <source>id {value}</source>
        <translation>编号 {value}</translation>
    </message>
    <message>
        <source>{name} explains {fits:.1%} of the pixels and was left aside: its colours are others</source>
        <translation>{name} 只能解释 {fits:.1%} 的像素，已略过：其颜色不同</translation>
    </message>
    <message>
        <source>The colour masks were not read.</source>
        <translation>彩色掩码没有读取。</translation>
    </message>
    <message>
        <source>no table names the colours: they name the classes</source>
        <translation>没有表为颜色命名：以颜色作为类别名称</translation>
    </message>
    <message>
        <source>{name} is rare: map it to ignore if it is a stray</source>
        <translation>{name} 很少见：若为杂点请映射为忽略</translation>
    </message>
    <message>
        <source>Their index or their colour may be the class: {why}.</source>
        <translation>其索引或颜色都可能是类别：{why}。</translation>
    </message>
    <message>
        <source>Say which with --meaning index or --meaning colour.</source>
        <translation>请用 --meaning index 或 --meaning colour 说明是哪一种。</translation>
    </message>
    <message>
        <source>{why}: only the colour is the class</source>
        <translation>{why}：只有颜色是类别</translation>
    </message>
    <message>
        <source>They hold {counts:,} colours: blended or compressed ones stand among those of the classes.</source>
        <translation>它们有 {counts:,} 种颜色：类别颜色之间还有混合或压缩产生的颜色。</translation>
    </message>
    <message>
        <source>Give a table of the class colours with --classes FILE, and --tolerance 40 for the ones nearby.</source>
        <translation>请用 --classes FILE 给出类别颜色表，并用 --tolerance 40 处理相近的颜色。</translation>
    </message>
    <message>
        <source>value {value}</source>
        <translation>数值 {value}</translation>
    </message>
    <message>
        <source>{named} is in no class and is ignored</source>
        <translation>{named}不属于任何类别，被忽略</translation>
    </message>
    <message>
        <source>other values are in no class and ignored</source>
        <translation>其他数值不属于任何类别，被忽略</translation>
    </message>
    <message>
        <source>Write {"classes": [{"name": "background"}, {"name": "nucleus"}]}, one entry for each mask value from 0.</source>
        <translation>请写 {"classes": [{"name": "background"}, {"name": "nucleus"}]}，从 0 起每个掩码数值一项。</translation>
    </message>
    <message>
        <source>It holds no list "classes".</source>
        <translation>它没有 "classes" 列表。</translation>
    </message>
    <message>
        <source>It names {names} classes; a training needs two or more.</source>
        <translation>它命名了 {names} 个类别；训练需要两个或更多。</translation>
    </message>
    <message>
        <source>It names {twice!r} twice.</source>
        <translation>它两次命名 {twice!r}。</translation>
    </message>
    <message>
        <source>The data set was not opened.</source>
        <translation>数据集没有打开。</translation>
    </message>
    <message>
        <source>Entry {index} has no name.</source>
        <translation>第 {index} 项没有名称。</translation>
    </message>
    <message>
        <source>The colour of {name!r} is not a text.</source>
        <translation>{name!r} 的颜色不是文本。</translation>
    </message>
    <message>
        <source>{folder} holds no {name}, which names the classes.</source>
        <translation>{folder} 没有为类别命名的 {name}。</translation>
    </message>
    <message>
        <source>{path} is not a JSON file: {error}</source>
        <translation>{path} 不是 JSON 文件：{error}</translation>
    </message>
    <message>
        <source>The data set cannot be trained on.</source>
        <translation>该数据集无法用于训练。</translation>
    </message>
    <message>
        <source>{name} cannot be trained on.</source>
        <translation>{name} 无法用于训练。</translation>
    </message>
    <message>
        <source>{beyond} masks hold labels up to {highest}, but classes.json names {classes} classes (0 to {classes2}): {some}.</source>
        <translation>{beyond} 张掩码的标签直到 {highest}，而 classes.json 命名了 {classes} 个类别（0 到 {classes2}）：{some}。</translation>
    </message>
    <message>
        <source>Name every class in classes.json, or use 255 for pixels to be ignored.</source>
        <translation>请在 classes.json 中为每个类别命名，或对要忽略的像素使用 255。</translation>
    </message>
    <message>
        <source>{root} is not a folder.</source>
        <translation>{root} 不是文件夹。</translation>
    </message>
    <message>
        <source>Name the folder that holds img_dir, ann_dir and classes.json.</source>
        <translation>请指定含有 img_dir、ann_dir 和 classes.json 的文件夹。</translation>
    </message>
    <message>
        <source>img_dir/{split} of {root} holds no pictures.</source>
        <translation>{root} 的 img_dir/{split} 没有图片。</translation>
    </message>
    <message>
        <source>Put some pictures and their masks into both splits.</source>
        <translation>请在两个划分中都放入一些图片及其掩码。</translation>
    </message>
    <message>
        <source>Every mask holds 0 and 255 only, and 255 means ignored: nothing but {names!r} would be learned.</source>
        <translation>每张掩码都只有 0 和 255，而 255 表示忽略：除 {names!r} 外什么也学不到。</translation>
    </message>
    <message>
        <source>Save the masks with 1 where they hold 255.</source>
        <translation>请把掩码中的 255 保存为 1。</translation>
    </message>
    <message>
        <source>masks (.png)</source>
        <translation>掩码（.png）</translation>
    </message>
    <message>
        <source>It is a picture of mode {mode}; a mask has one band of 8 bits whose value is the class.</source>
        <translation>它是 {mode} 模式的图片；掩码应为 8 位单波段，数值即类别。</translation>
    </message>
    <message>
        <source>Convert it to a mask of class indices.</source>
        <translation>请转换为类别编号的掩码。</translation>
    </message>
    <message>
        <source>The mask is {width}×{height} px, its picture {size}×{size2} px.</source>
        <translation>掩码为 {width}×{height} px，其图片为 {size}×{size2} px。</translation>
    </message>
    <message>
        <source>Export the mask again at the picture's size.</source>
        <translation>请按图片的尺寸重新导出掩码。</translation>
    </message>
    <message>
        <source>{root} holds no {folder}.</source>
        <translation>{root} 没有 {folder}。</translation>
    </message>
    <message>
        <source>It needs img_dir/train, img_dir/val, ann_dir/train and ann_dir/val.</source>
        <translation>需要 img_dir/train、img_dir/val、ann_dir/train 和 ann_dir/val。</translation>
    </message>
    <message>
        <source>{name} and {other} in img_dir/{split} would share one mask.</source>
        <translation>img_dir/{split} 中的 {name} 和 {other} 会共用一张掩码。</translation>
    </message>
    <message>
        <source>{missing} of {have} files in {here} have no counterpart in {there}: {some}.</source>
        <translation>{here} 的 {have} 个文件中有 {missing} 个在 {there} 中没有对应：{some}。</translation>
    </message>
    <message>
        <source>Add the {noun} under the same names, or remove these files.</source>
        <translation>请以相同名称补上{noun}，或移除这些文件。</translation>
    </message>
    <message>
        <source>{name} or its mask cannot be read: {error}</source>
        <translation>{name} 或其掩码无法读取：{error}</translation>
    </message>
    <message>
        <source>Replace the damaged file, or remove the pair.</source>
        <translation>请替换损坏的文件，或移除该配对。</translation>
    </message>
    <message>
        <source>{name} was changed by another program.</source>
        <translation>{name} 被其他程序更改了。</translation>
    </message>
    <message>
        <source>{cause} It stays as it is: your first stroke keeps it under another name.</source>
        <translation>{cause}它保持原样：你的第一笔会以其他名称保留它。</translation>
    </message>
    <message>
        <source>{reason}. It stays as it is.</source>
        <translation>{reason}。它保持原样。</translation>
    </message>
    <message>
        <source>It is {width:,} × {height:,} px, its image {width2:,} × {height2:,} px. It stays as it is: your first stroke keeps it under another name.</source>
        <translation>它为 {width:,} × {height:,} px，其图像为 {width2:,} × {height2:,} px。它保持原样：你的第一笔会以其他名称保留它。</translation>
    </message>
    <message>
        <source>Export it again at the image's size, or begin afresh here.</source>
        <translation>请按图像的尺寸重新导出，或在此重新开始。</translation>
    </message>
    <message>
        <source>It is damaged: {error}. The pixels are complete; shapes can no longer be edited. Your first stroke keeps the file under another name.</source>
        <translation>它已损坏：{error}。像素是完整的；形状不能再编辑。你的第一笔会以其他名称保留该文件。</translation>
    </message>
    <message>
        <source>Restore it from a copy, or go on without its shapes.</source>
        <translation>请从副本恢复，或不带形状继续。</translation>
    </message>
    <message>
        <source>Its pixels are not those that SegDesk wrote, so its shapes no longer fit and are left out. Your first stroke keeps them under another name.</source>
        <translation>其像素不是 SegDesk 写出的，因此形状不再相符，未采用。你的第一笔会以其他名称保留它们。</translation>
    </message>
    <message>
        <source>Check the labels before you go on.</source>
        <translation>继续之前请检查标签。</translation>
    </message>
    <message>
        <source>Choose which of the two to keep.</source>
        <translation>请选择保留两者中的哪一个。</translation>
    </message>
    <message>
        <source> since it was read. Your work is kept in the journal.</source>
        <translation>，在读取之后。你的工作保留在恢复日志中。</translation>
    </message>
    <message>
        <source>Another program </source>
        <translation>其他程序</translation>
    </message>
    <message>
        <source>removed it</source>
        <translation>移除了它</translation>
    </message>
    <message>
        <source>changed it</source>
        <translation>更改了它</translation>
    </message>
    <message>
        <source>No image was found in {given}.</source>
        <translation>在 {given} 中没有找到图像。</translation>
    </message>
    <message>
        <source>The list {name} was not read.</source>
        <translation>列表 {name} 没有读取。</translation>
    </message>
    <message>
        <source>{given} was not found.</source>
        <translation>没有找到 {given}。</translation>
    </message>
    <message>
        <source>It holds no file with the suffix of an image.</source>
        <translation>其中没有带图像后缀的文件。</translation>
    </message>
    <message>
        <source>Name a folder with JPEG, PNG, TIFF, WebP, BMP or GIF files.</source>
        <translation>请指定含 JPEG、PNG、TIFF、WebP、BMP 或 GIF 文件的文件夹。</translation>
    </message>
    <message>
        <source>It names no file.</source>
        <translation>它没有指明文件。</translation>
    </message>
    <message>
        <source>Write one path on each line.</source>
        <translation>请每行写一个路径。</translation>
    </message>
    <message>
        <source>There is no such file or folder.</source>
        <translation>没有这个文件或文件夹。</translation>
    </message>
    <message>
        <source>Check the name; quote a pattern so that the shell leaves it alone.</source>
        <translation>请检查名称；模式请加引号，以免被 shell 展开。</translation>
    </message>
    <message>
        <source>Name a text file with one path on each line.</source>
        <translation>请指定每行一个路径的文本文件。</translation>
    </message>
    <message>
        <source>The pattern {pattern} was not understood.</source>
        <translation>不理解模式 {pattern}。</translation>
    </message>
    <message>
        <source>** stands for whole folders: it is alone between slashes.</source>
        <translation>** 表示整个文件夹：应单独位于斜杠之间。</translation>
    </message>
    <message>
        <source>Write it like images/**/*.png.</source>
        <translation>请写成 images/**/*.png 的形式。</translation>
    </message>
    <message>
        <source>No masks were found.</source>
        <translation>没有找到掩码。</translation>
    </message>
    <message>
        <source>images without a mask, such as {path}</source>
        <translation>没有掩码的图像，例如 {path}</translation>
    </message>
    <message>
        <source>{name}/ was left aside for a better source</source>
        <translation>{name}/ 已略过，采用了更好的来源</translation>
    </message>
    <message>
        <source>{one}/ and {other}/ hold masks of the same images.</source>
        <translation>{one}/ 和 {other}/ 含有相同图像的掩码。</translation>
    </message>
    <message>
        <source>Say which is meant, with --masks FOLDER.</source>
        <translation>请用 --masks FOLDER 说明是哪一个。</translation>
    </message>
    <message>
        <source>{folder} holds no folder of masks beside one of images.</source>
        <translation>{folder} 没有与图像文件夹并列的掩码文件夹。</translation>
    </message>
    <message>
        <source>Name the folder of the masks, or put images into images/ and masks into masks/.</source>
        <translation>请指定掩码文件夹，或把图像放入 images/、掩码放入 masks/。</translation>
    </message>
    <message>
        <source>{colours} of {colours2} masks have no </source>
        <translation>{colours2} 张掩码中有 {colours} 张没有</translation>
    </message>
    <message>
        <source>the masks are coloured</source>
        <translation>掩码是彩色的</translation>
    </message>
    <message>
        <source>some masks are grey, and the palettes agree</source>
        <translation>一些掩码是灰度，而各调色板一致</translation>
    </message>
    <message>
        <source>{colours} colours stand for {indices} indices, and {moving} of them have several</source>
        <translation>{colours} 种颜色对应 {indices} 个索引，其中 {moving} 种有多个</translation>
    </message>
    <message>
        <source>the masks are grey: the value is the class</source>
        <translation>掩码是灰度：数值即类别</translation>
    </message>
    <message>
        <source>the three bands are alike and count from 0: numbers</source>
        <translation>三个波段相同且从 0 起计：是数值</translation>
    </message>
    <message>
        <source>some masks are grey, some coloured</source>
        <translation>一些掩码是灰度，一些是彩色</translation>
    </message>
    <message>
        <source>some masks are grey, and the palettes of the others differ</source>
        <translation>一些掩码是灰度，其他的调色板不同</translation>
    </message>
    <message>
        <source>all palettes agree</source>
        <translation>所有调色板一致</translation>
    </message>
    <message>
        <source>there is one palette</source>
        <translation>只有一个调色板</translation>
    </message>
    <message>
        <source>{words}: the index is the class</source>
        <translation>{words}：索引即类别</translation>
    </message>
    <message>
        <source>{moving} colours, {name} among them, have another index in another file: only the colour is the class</source>
        <translation>{moving} 种颜色（包括 {name}）在其他文件中索引不同：只有颜色是类别</translation>
    </message>
    <message>
        <source>each file paints the same indices in colours of its own: the index is the class</source>
        <translation>每个文件用自己的颜色绘制相同的索引：索引即类别</translation>
    </message>
    <message>
        <source>palette: only the colour is left</source>
        <translation>调色板：只剩颜色可用</translation>
    </message>
    <message>
        <source>{name} was not read as a mask.</source>
        <translation>{name} 没有作为掩码读取。</translation>
    </message>
    <message>
        <source>Its indices run from {low:,} to {high:,}; 0 to 255 fit.</source>
        <translation>其索引从 {low:,} 到 {high:,}；可用 0 到 255。</translation>
    </message>
    <message>
        <source>Number its classes from 0 without gaps.</source>
        <translation>请从 0 起无间隔地为类别编号。</translation>
    </message>
    <message>
        <source>It holds colours ({mode}), not class indices.</source>
        <translation>它含有颜色（{mode}），而不是类别编号。</translation>
    </message>
    <message>
        <source>Export it as a palette or grey PNG whose values are the classes.</source>
        <translation>请导出为调色板或灰度 PNG，其数值即类别。</translation>
    </message>
    <message>
        <source>It would have {width:,} × {height:,} pixels; a JPEG ends at {jpeg_side:,} on a side.</source>
        <translation>它将有 {width:,} × {height:,} 像素；JPEG 每边上限为 {jpeg_side:,}。</translation>
    </message>
    <message>
        <source>Leave overlay and side out of what is saved.</source>
        <translation>请不要保存叠加图和并排图。</translation>
    </message>
    <message>
        <source>What is done was not written into {folder}.</source>
        <translation>已完成的内容没有写入 {folder}。</translation>
    </message>
    <message>
        <source>Free some space or choose another folder; what is written stays.</source>
        <translation>请腾出空间或选择其他文件夹；已写出的保留。</translation>
    </message>
    <message>
        <source>Another batch (process {pid} on {host}) writes into {folder}.</source>
        <translation>另一个批处理（{host} 上的进程 {pid}）正在写入 {folder}。</translation>
    </message>
    <message>
        <source>Wait until it is done, or choose another folder.</source>
        <translation>请等待它完成，或选择其他文件夹。</translation>
    </message>
    <message>
        <source>Correct it in a text editor or restore it from a copy; nothing was changed.</source>
        <translation>请在文本编辑器中改正或从副本恢复；没有任何更改。</translation>
    </message>
    <message>
        <source>It names {entries} classes; a label map holds {max_classes}.</source>
        <translation>它命名了 {entries} 个类别；标签图可容纳 {max_classes} 个。</translation>
    </message>
    <message>
        <source>It holds no JSON object.</source>
        <translation>它没有 JSON 对象。</translation>
    </message>
    <message>
        <source>It holds something unexpected: {name} {error}.</source>
        <translation>它含有意外的内容：{name} {error}。</translation>
    </message>
    <message>
        <source>It does not say "segdesk": 1.</source>
        <translation>它没有写明 "segdesk": 1。</translation>
    </message>
    <message>
        <source>Its ignore_index is {ignored}; SegDesk's is 255.</source>
        <translation>其 ignore_index 为 {ignored}；SegDesk 的为 255。</translation>
    </message>
    <message>
        <source>Class {index} has no name.</source>
        <translation>类别 {index} 没有名称。</translation>
    </message>
    <message>
        <source>It names the class {twice!r} twice.</source>
        <translation>它两次命名类别 {twice!r}。</translation>
    </message>
    <message>
        <source>It is damaged: {error}.</source>
        <translation>它已损坏：{error}。</translation>
    </message>
    <message>
        <source>A newer SegDesk wrote {project_file} (form {version}); this one reads up to form {version2}.</source>
        <translation>更新的 SegDesk 写出了 {project_file}（形式 {version}）；此版本可读到形式 {version2}。</translation>
    </message>
    <message>
        <source>Update SegDesk. Nothing was changed.</source>
        <translation>请更新 SegDesk。没有任何更改。</translation>
    </message>
    <message>
        <source> (process {pid} on {host})</source>
        <translation>（{host} 上的进程 {pid}）</translation>
    </message>
    <message>
        <source>{name} is open for reading only.</source>
        <translation>{name} 以只读方式打开。</translation>
    </message>
    <message>
        <source>Another SegDesk has it open{who}; two would overwrite each other.</source>
        <translation>另一个 SegDesk 已打开它{who}；两者会互相覆盖。</translation>
    </message>
    <message>
        <source>Close it there, then open it here again.</source>
        <translation>请在那里关闭它，然后在此重新打开。</translation>
    </message>
    <message>
        <source>Have its owner give you the right to write, or copy the folder.</source>
        <translation>请让其所有者给你写入权限，或复制该文件夹。</translation>
    </message>
    <message>
        <source>{name} cannot be annotated.</source>
        <translation>{name} 无法标注。</translation>
    </message>
    <message>
        <source>Another image in its folder is named {stem} too, and both annotations would be one file.</source>
        <translation>其文件夹中另一张图像也叫 {stem}，两者的标注会是同一个文件。</translation>
    </message>
    <message>
        <source>Rename one of the two images, then open the folder again.</source>
        <translation>请重命名其中一张，然后重新打开文件夹。</translation>
    </message>
    <message>
        <source>Check the name and your rights.</source>
        <translation>请检查名称和你的权限。</translation>
    </message>
    <message>
        <source>The images were not labelled by {model}.</source>
        <translation>图像没有由 {model} 标注。</translation>
    </message>
    <message>
        <source>It knows {known}, and the data have {wanted}. Labels of other classes would teach something wrong.</source>
        <translation>它认识 {known}，而数据有 {wanted}。其他类别的标签会教错。</translation>
    </message>
    <message>
        <source>Choose a model that was trained on these classes.</source>
        <translation>请选择在这些类别上训练的模型。</translation>
    </message>
    <message>
        <source>Nothing was removed.</source>
        <translation>没有移除任何内容。</translation>
    </message>
    <message>
        <source>The labels of a model were not read.</source>
        <translation>模型的伪标签没有读取。</translation>
    </message>
    <message>
        <source>Let the model label the images again, or train without them.</source>
        <translation>请让模型重新标注图像，或不带它们训练。</translation>
    </message>
    <message>
        <source>{folder} holds no labels of a model.</source>
        <translation>{folder} 中没有模型的伪标签。</translation>
    </message>
    <message>
        <source>Name a folder below {name}.</source>
        <translation>请指定 {name} 之下的文件夹。</translation>
    </message>
    <message>
        <source>The labels of a model were not removed.</source>
        <translation>模型的伪标签没有移除。</translation>
    </message>
    <message>
        <source>{path}: {error}.</source>
        <translation>{path}：{error}。</translation>
    </message>
    <message>
        <source>Of the images that {model} labelled, {count} are gone: {names}.</source>
        <translation>{model} 标注的图像中有 {count} 张已不存在：{names}。</translation>
    </message>
    <message>
        <source>Close the programs that use them, then remove them again.</source>
        <translation>请关闭使用它们的程序，然后重新移除。</translation>
    </message>
    <message>
        <source>All images that {model} labelled are labelled by hand by now.</source>
        <translation>{model} 标注的所有图像现在都已手工标注。</translation>
    </message>
    <message>
        <source>The model was not sure enough of a single image.</source>
        <translation>模型对任何图像都不够有把握。</translation>
    </message>
    <message>
        <source>{name} was not read as a colour mask.</source>
        <translation>{name} 没有作为彩色掩码读取。</translation>
    </message>
    <message>
        <source>It holds numbers up to {max:,}, not colours.</source>
        <translation>它含有直到 {max:,} 的数值，而不是颜色。</translation>
    </message>
    <message>
        <source>Read it as an index mask.</source>
        <translation>请作为索引掩码读取。</translation>
    </message>
    <message>
        <source>It holds pixels of the kind {mode}.</source>
        <translation>它含有 {mode} 类型的像素。</translation>
    </message>
    <message>
        <source>Export it as PNG with class numbers or colours.</source>
        <translation>请导出为带类别数值或颜色的 PNG。</translation>
    </message>
    <message>
        <source>keeps every pixel; shapes that you drew stay shapes, and {} paints their border too, up to 1 px wide</source>
        <translation>保留每个像素；你画的形状仍是形状，而 {} 也会绘制其边界，宽度不超过 1 px</translation>
    </message>
    <message>
        <source>SegDesk project</source>
        <translation>SegDesk 项目</translation>
    </message>
    <message>
        <source>Masks beside images; written as MMSegmentation's index PNG</source>
        <translation>图像旁的掩码；写为 MMSegmentation 的索引 PNG</translation>
    </message>
    <message>
        <source>Masks of numbers, 8 or 16 bits</source>
        <translation>数值掩码，8 或 16 位</translation>
    </message>
    <message>
        <source>Coloured masks</source>
        <translation>彩色掩码</translation>
    </message>
    <message>
        <source>One mask for each object</source>
        <translation>每个物体一张掩码</translation>
    </message>
    <message>
        <source>COCO instances and stuff</source>
        <translation>COCO 实例与 stuff</translation>
    </message>
    <message>
        <source>COCO panoptic</source>
        <translation>COCO 全景</translation>
    </message>
    <message>
        <source>Pascal VOC segmentation</source>
        <translation>Pascal VOC 分割</translation>
    </message>
    <message>
        <source>CVAT segmentation mask 1.1</source>
        <translation>CVAT 分割掩码 1.1</translation>
    </message>
    <message>
        <source>CVAT for images 1.1</source>
        <translation>CVAT for images 1.1</translation>
    </message>
    <message>
        <source>YOLO segmentation</source>
        <translation>YOLO 分割</translation>
    </message>
    <message>
        <source>Text matrices</source>
        <translation>文本矩阵</translation>
    </message>
    <message>
        <source>The format {format_id!r} is not known.</source>
        <translation>不认识格式 {format_id!r}。</translation>
    </message>
    <message>
        <source>read only: images without an annotation are left out</source>
        <translation>只读：没有标注的图像不导入</translation>
    </message>
    <message>
        <source>read only: mmseg is its layout on the way out</source>
        <translation>只读：导出时使用 mmseg 的布局</translation>
    </message>
    <message>
        <source>two classes of one colour are refused</source>
        <translation>两个类别颜色相同会被拒绝</translation>
    </message>
    <message>
        <source>read only: objects are merged into one class</source>
        <translation>只读：物体合并为一个类别</translation>
    </message>
    <message>
        <source>the image must lie beside it: its size is in no file</source>
        <translation>图像必须在它旁边：文件中没有尺寸</translation>
    </message>
    <message>
        <source>254 classes</source>
        <translation>254 个类别</translation>
    </message>
    <message>
        <source>ignored pixels become background where there is one</source>
        <translation>若有背景，忽略的像素变为背景</translation>
    </message>
    <message>
        <source>No format has this name.</source>
        <translation>没有这个名称的格式。</translation>
    </message>
    <message>
        <source>Choose one of: {formats}.</source>
        <translation>请选择其中之一：{formats}。</translation>
    </message>
    <message>
        <source>{name} is written, not read.</source>
        <translation>{name} 只能写出，不能读取。</translation>
    </message>
    <message>
        <source>Choose another format.</source>
        <translation>请选择其他格式。</translation>
    </message>
    <message>
        <source>It declares a document type, which may pull in other files.</source>
        <translation>它声明了文档类型，可能引入其他文件。</translation>
    </message>
    <message>
        <source>Take the DOCTYPE out of it, if you trust the file.</source>
        <translation>若信任该文件，请去掉其中的 DOCTYPE。</translation>
    </message>
    <message>
        <source>It is not a complete XML file: {error}.</source>
        <translation>它不是完整的 XML 文件：{error}。</translation>
    </message>
    <message>
        <source>The scribbles were not read.</source>
        <translation>涂抹没有读取。</translation>
    </message>
    <message>
        <source>{name} is damaged. It is kept under another name; the annotation is not affected.</source>
        <translation>{name} 已损坏。它以其他名称保留；标注不受影响。</translation>
    </message>
    <message>
        <source>Scribble anew.</source>
        <translation>请重新涂抹。</translation>
    </message>
    <message>
        <source>{path} cannot be read: {why}.</source>
        <translation>{path} 无法读取：{why}。</translation>
    </message>
    <message>
        <source>Check your rights, then open the image again.</source>
        <translation>请检查权限，然后重新打开图像。</translation>
    </message>
    <message>
        <source>The scribbles were not cleared.</source>
        <translation>涂抹没有清除。</translation>
    </message>
    <message>
        <source>{path} cannot be deleted: {why}.</source>
        <translation>{path} 无法删除：{why}。</translation>
    </message>
    <message>
        <source>Check your rights, then clear them again.</source>
        <translation>请检查权限，然后重新清除。</translation>
    </message>
    <message>
        <source>annotated images are not there any more and are left out</source>
        <translation>已标注的图像已不存在，不导入</translation>
    </message>
    <message>
        <source>it holds {project_file}</source>
        <translation>它含有 {project_file}</translation>
    </message>
    <message>
        <source>{project_file} tells of one, but its file is gone.</source>
        <translation>{project_file} 中有记录，但其文件已不存在。</translation>
    </message>
    <message>
        <source>Restore it from a copy, or label the image again.</source>
        <translation>请从副本恢复，或重新标注该图像。</translation>
    </message>
    <message>
        <source>It holds no {project_file}.</source>
        <translation>它没有 {project_file}。</translation>
    </message>
    <message>
        <source>Name the folder of a project.</source>
        <translation>请指定项目文件夹。</translation>
    </message>
    <message>
        <source>None of its {items:,} images has an annotation.</source>
        <translation>其 {items:,} 张图像都没有标注。</translation>
    </message>
    <message>
        <source>Open it in SegDesk and label some.</source>
        <translation>请在 SegDesk 中打开并标注一些。</translation>
    </message>
    <message>
        <source>sidecar damaged or of another mask, shapes left out</source>
        <translation>附属文件已损坏或属于其他掩码，形状不导入</translation>
    </message>
    <message>
        <source>Open it in SegDesk and name them in the classes panel.</source>
        <translation>请在 SegDesk 中打开，并在类别面板命名。</translation>
    </message>
    <message>
        <source>value {value} is in no class and is ignored</source>
        <translation>数值 {value} 不属于任何类别，被忽略</translation>
    </message>
    <message>
        <source>images without an annotation are left out</source>
        <translation>没有标注的图像不导入</translation>
    </message>
    <message>
        <source>classes that the table lacks are added: {classes}</source>
        <translation>添加表中缺少的类别：{classes}</translation>
    </message>
    <message>
        <source>pixels under no shape get the class 'background', added in front</source>
        <translation>没有形状覆盖的像素归为添加在最前的类别 'background'</translation>
    </message>
    <message>
        <source>No annotations were found.</source>
        <translation>没有找到标注。</translation>
    </message>
    <message>
        <source>{folder} holds none of this format.</source>
        <translation>{folder} 没有这种格式的内容。</translation>
    </message>
    <message>
        <source>class names are from the shapes</source>
        <translation>类别名称来自形状</translation>
    </message>
    <message>
        <source>Neither the annotation nor an image beside it tells its size.</source>
        <translation>标注和旁边的图像都没有说明其尺寸。</translation>
    </message>
    <message>
        <source>Put the image beside it.</source>
        <translation>请把图像放在它旁边。</translation>
    </message>
    <message>
        <source>lists of splits left aside: {cause}</source>
        <translation>划分列表已略过：{cause}</translation>
    </message>
    <message>
        <source>{name} is a matrix of labels</source>
        <translation>{name} 是标签矩阵</translation>
    </message>
    <message>
        <source>No text matrices were found.</source>
        <translation>没有找到文本矩阵。</translation>
    </message>
    <message>
        <source>{folder} holds no file like a{end}.</source>
        <translation>{folder} 没有像 a{end} 这样的文件。</translation>
    </message>
    <message>
        <source>the list of Stanford's</source>
        <translation>Stanford 的列表</translation>
    </message>
    <message>
        <source>It holds no numbers.</source>
        <translation>它没有数值。</translation>
    </message>
    <message>
        <source>It is no matrix of whole numbers: {error}.</source>
        <translation>它不是整数矩阵：{error}。</translation>
    </message>
    <message>
        <source> and {gone} more</source>
        <translation> 及另外 {gone} 个</translation>
    </message>
    <message>
        <source>Its project names {count} classes; a training needs two or more, background among them.</source>
        <translation>其项目命名了 {count} 个类别；训练需要两个或更多，其中包括背景。</translation>
    </message>
    <message>
        <source>Name the classes in the classes panel.</source>
        <translation>请在类别面板中为类别命名。</translation>
    </message>
    <message>
        <source>The annotations of {gone:,} images are gone: {named}.</source>
        <translation>{gone:,} 张图像的标注已不存在：{named}。</translation>
    </message>
    <message>
        <source>Put them back, or open the project and label these images again.</source>
        <translation>请把它们放回，或打开项目重新标注这些图像。</translation>
    </message>
    <message>
        <source>None of its {items:,} images has an annotation that is {wanted}.</source>
        <translation>其 {items:,} 张图像都没有状态为{wanted}的标注。</translation>
    </message>
    <message>
        <source>Label some images first, or mark reviewed ones as done.</source>
        <translation>请先标注一些图像，或把复核过的标记为完成。</translation>
    </message>
    <message>
        <source>No annotated image is in {wanted}; there are {found}.</source>
        <translation>{wanted} 中没有已标注的图像；现有 {found}。</translation>
    </message>
    <message>
        <source>Divide the images anew, or label some of that split.</source>
        <translation>请重新划分图像，或标注该划分中的一些。</translation>
    </message>
    <message>
        <source>Its {found:,} annotated images are not divided into train and val.</source>
        <translation>其 {found:,} 张已标注图像没有划分为 train 和 val。</translation>
    </message>
    <message>
        <source>Divide them in the files panel with Split, by chance, by folders or by lists.</source>
        <translation>请在文件面板用“划分”按随机、文件夹或列表划分。</translation>
    </message>
    <message>
        <source>none in any split</source>
        <translation>不在任何划分中</translation>
    </message>
    <message>
        <source>Choose a data set that has masks or outlines.</source>
        <translation>请选择有掩码或轮廓的数据集。</translation>
    </message>
    <message>
        <source>It is in none of the formats that are known here.</source>
        <translation>它不属于这里认识的任何格式。</translation>
    </message>
    <message>
        <source>Say which format it is, or put images into images/ and masks into masks/.</source>
        <translation>请说明是哪种格式，或把图像放入 images/、掩码放入 masks/。</translation>
    </message>
    <message>
        <source>{name} is a volume of slices, not an image.</source>
        <translation>{name} 是切片组成的体数据，不是图像。</translation>
    </message>
    <message>
        <source>{name} is a pickle, which could run code; it is not opened.</source>
        <translation>{name} 是 pickle，可能运行代码；没有打开。</translation>
    </message>
    <message>
        <source>{name} is a Pascal VOC file with boxes alone.</source>
        <translation>{name} 是只有方框的 Pascal VOC 文件。</translation>
    </message>
    <message>
        <source>It holds images alone, without annotations.</source>
        <translation>它只有图像，没有标注。</translation>
    </message>
    <message>
        <source>{folder} holds no files.</source>
        <translation>{folder} 没有文件。</translation>
    </message>
    <message>
        <source>The folder instance/ holds ids of objects.</source>
        <translation>文件夹 instance/ 含有物体编号。</translation>
    </message>
    <message>
        <source>Read it with --from index --masks FOLDER/instance --divide 256.</source>
        <translation>请用 --from index --masks FOLDER/instance --divide 256 读取。</translation>
    </message>
    <message>
        <source>{name} is a COCO file without outlines: captions, labels, boxes or a list of images.</source>
        <translation>{name} 是没有轮廓的 COCO 文件：说明、标签、方框或图像列表。</translation>
    </message>
    <message>
        <source>{name} is an XML of the LabelMe web tool, which is not read.</source>
        <translation>{name} 是 LabelMe 网页工具的 XML，不读取。</translation>
    </message>
    <message>
        <source>{name} holds boxes or key points, not outlines.</source>
        <translation>{name} 含有方框或关键点，而不是轮廓。</translation>
    </message>
    <message>
        <source>{name} is a description in DSDL, which is not read.</source>
        <translation>{name} 是 DSDL 描述，不读取。</translation>
    </message>
    <message>
        <source>The video was not written.</source>
        <translation>视频没有写出。</translation>
    </message>
    <message>
        <source>The installed PyAV can encode neither H.264 nor MPEG-4.</source>
        <translation>所安装的 PyAV 既不能编码 H.264 也不能编码 MPEG-4。</translation>
    </message>
    <message>
        <source>Install PyAV from PyPI (pip install av), or write frames.</source>
        <translation>请从 PyPI 安装 PyAV（pip install av），或写出帧。</translation>
    </message>
    <message>
        <source>Videos are written as {formats}.</source>
        <translation>视频可写为 {formats}。</translation>
    </message>
    <message>
        <source>Give the file one of these endings.</source>
        <translation>请给文件其中一种后缀。</translation>
    </message>
    <message>
        <source>it holds SegmentationClass</source>
        <translation>它含有 SegmentationClass</translation>
    </message>
    <message>
        <source>No VOC segmentation was found.</source>
        <translation>没有找到 VOC 分割。</translation>
    </message>
    <message>
        <source>{folder} holds no folder SegmentationClass: VOC data without it has boxes alone.</source>
        <translation>{folder} 没有 SegmentationClass 文件夹：没有它的 VOC 数据只有方框。</translation>
    </message>
    <message>
        <source>Choose the folder that holds SegmentationClass.</source>
        <translation>请选择含有 SegmentationClass 的文件夹。</translation>
    </message>
    <message>
        <source>the list of VOC 2012</source>
        <translation>VOC 2012 的列表</translation>
    </message>
    <message>
        <source>{name} holds shapes of X-AnyLabeling</source>
        <translation>{name} 含有 X-AnyLabeling 的形状</translation>
    </message>
    <message>
        <source>{name} holds outlines as YOLO writes them</source>
        <translation>{name} 含有 YOLO 写法的轮廓</translation>
    </message>
    <message>
        <source>The YOLO labels were not read.</source>
        <translation>YOLO 标注没有读取。</translation>
    </message>
    <message>
        <source>class {number}</source>
        <translation>类别 {number}</translation>
    </message>
    <message>
        <source>data.yaml has kpt_shape: they are key points, without an area.</source>
        <translation>data.yaml 有 kpt_shape：它们是关键点，没有面积。</translation>
    </message>
    <message>
        <source>Choose a data set for segmentation.</source>
        <translation>请选择用于分割的数据集。</translation>
    </message>
    <message>
        <source>Each line holds a box: where the object ends is not known.</source>
        <translation>每行是一个方框：不知道物体到哪里为止。</translation>
    </message>
    <message>
        <source>ignored pixels do not fit YOLO and are left out</source>
        <translation>忽略的像素在 YOLO 中无法表示，不导出</translation>
    </message>
    <message>
        <source>Its outlines are parts of an image that is not beside it.</source>
        <translation>其轮廓是旁边没有的图像的一部分。</translation>
    </message>
    <message>
        <source>Put the image into images/ under the same name.</source>
        <translation>请以相同名称把图像放入 images/。</translation>
    </message>
    <message>
        <source>boxes have no outline: left out</source>
        <translation>方框没有轮廓：不导入</translation>
    </message>
    <message>
        <source>lines not understood</source>
        <translation>不认识的行</translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source>Application bar</source>
        <translation>应用程序栏</translation>
    </message>
    <message>
        <source>Notices</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Show what was said lately.</source>
        <translation>显示最近的消息。</translation>
    </message>
    <message>
        <source>Theme, panels, keys, log files.</source>
        <translation>主题、面板、快捷键、日志文件。</translation>
    </message>
    <message>
        <source>Name the first class, then paint with it</source>
        <translation>为第一个类别命名，然后用它绘制</translation>
    </message>
    <message>
        <source>255 is always there</source>
        <translation>255 始终存在</translation>
    </message>
    <message>
        <source>Hide others</source>
        <translation>隐藏其他</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>全部显示</translation>
    </message>
    <message>
        <source>ignored pixels are hatched</source>
        <translation>忽略的像素以斜线显示</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Change colour</source>
        <translation>更改颜色</translation>
    </message>
    <message>
        <source>Copy name</source>
        <translation>复制名称</translation>
    </message>
    <message>
        <source>no classes yet</source>
        <translation>还没有类别</translation>
    </message>
    <message>
        <source>Show pixel counts</source>
        <translation>显示像素数</translation>
    </message>
    <message>
        <source>Copy as table</source>
        <translation>复制为表格</translation>
    </message>
    <message>
        <source>Merge into</source>
        <translation>合并到</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>End solo</source>
        <translation>结束单独显示</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>解锁</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>there is no other class</source>
        <translation>没有其他类别</translation>
    </message>
    <message>
        <source>&gt; commands   @ files   # classes</source>
        <translation>&gt; 命令   @ 文件   # 类别</translation>
    </message>
    <message>
        <source>No command fits. Type @ before a file, # before a class.</source>
        <translation>没有符合的命令。文件前输入 @，类别前输入 #。</translation>
    </message>
    <message>
        <source>No open image fits. Images of a folder are found once it is open.</source>
        <translation>没有打开的图像符合。文件夹打开后才能找到其中的图像。</translation>
    </message>
    <message>
        <source>No class fits. Classes are found once a project or model has some.</source>
        <translation>没有类别符合。项目或模型有类别后才能找到。</translation>
    </message>
    <message>
        <source>choose</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>change its keys</source>
        <translation>更改其快捷键</translation>
    </message>
    <message>
        <source>close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>命令面板</translation>
    </message>
    <message>
        <source>Type a command, or &gt; @ #</source>
        <translation>输入命令，或 &gt; @ #</translation>
    </message>
    <message>
        <source>Command, file or class</source>
        <translation>命令、文件或类别</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>找到的内容</translation>
    </message>
</context>
<context>
    <name>segdesk/gui/components</name>
    <message>
        <source>{name}, {count:,}</source>
        <translation>{name}，{count:,}</translation>
    </message>
    <message>
        <source>Press a key</source>
        <translation>按一个键</translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source>SegDesk {version}, Python {python_version}, Qt {qt_version}, {platform}</source>
        <translation>SegDesk {version}、Python {python_version}、Qt {qt_version}、{platform}</translation>
    </message>
    <message>
        <source>Something unexpected went wrong.</source>
        <translation>发生了意外错误。</translation>
    </message>
    <message>
        <source>{what}. The window goes on; your files are not touched.</source>
        <translation>{what}。窗口会继续运行；你的文件没有被改动。</translation>
    </message>
    <message>
        <source>The details can be copied into a report; none of your folders is in them.</source>
        <translation>详细信息可以复制为报告；其中不含你的任何文件夹。</translation>
    </message>
    <message>
        <source>The sample was not predicted.</source>
        <translation>示例没有预测成功。</translation>
    </message>
    <message>
        <source>No prediction came within {seconds} s.</source>
        <translation>{seconds} 秒内没有得到预测。</translation>
    </message>
    <message>
        <source>Run `segdesk doctor`; it says what does not work.</source>
        <translation>请运行 `segdesk doctor`，它会说明哪里不工作。</translation>
    </message>
    <message>
        <source>{folder} does not take it.</source>
        <translation>{folder} 无法写入。</translation>
    </message>
    <message>
        <source>Choose another file with --screenshot.</source>
        <translation>请用 --screenshot 选择另一个文件。</translation>
    </message>
</context>
<context>
    <name>segdesk/gui/dialogs</name>
    <message>
        <source>Qt {qt_version} and PySide6</source>
        <translation>Qt {qt_version} 与 PySide6</translation>
    </message>
    <message>
        <source>MMSegmentation, MMEngine, MMCV</source>
        <translation>MMSegmentation、MMEngine、MMCV</translation>
    </message>
    <message>
        <source>Phosphor icons</source>
        <translation>Phosphor 图标</translation>
    </message>
    <message>
        <source>Open images, load a model, see what it makes of them.</source>
        <translation>打开图像，加载模型，看看它识别出什么。</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Copy versions</source>
        <translation>复制版本信息</translation>
    </message>
    <message>
        <source>{name} {version}</source>
        <translation>{name} {version}</translation>
    </message>
    <message>
        <source>SegDesk {version}</source>
        <translation>SegDesk {version}</translation>
    </message>
    <message>
        <source>Log files</source>
        <translation>日志文件</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Lists (*.txt *.csv *.lst);;All files (*)</source>
        <translation>列表 (*.txt *.csv *.lst);;所有文件 (*)</translation>
    </message>
    <message>
        <source>From</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Choose the images</source>
        <translation>选择图像</translation>
    </message>
    <message>
        <source>With subfolders</source>
        <translation>包含子文件夹</translation>
    </message>
    <message>
        <source>Keep watching the folder</source>
        <translation>持续监视该文件夹</translation>
    </message>
    <message>
        <source>No model is ready</source>
        <translation>没有可用的模型</translation>
    </message>
    <message>
        <source>Large images</source>
        <translation>大图像</translation>
    </message>
    <message>
        <source>From 64 MP on in windows</source>
        <translation>从 64 MP 起按窗口处理</translation>
    </message>
    <message>
        <source>Into</source>
        <translation>写入</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>Predict again what is there already</source>
        <translation>已有结果的也重新预测</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>names and folders are kept</source>
        <translation>保留名称和文件夹结构</translation>
    </message>
    <message>
        <source>drafts need no folder</source>
        <translation>草稿不需要文件夹</translation>
    </message>
    <message>
        <source>Windows of {side:,}, blended</source>
        <translation>{side:,} 的窗口，融合</translation>
    </message>
    <message>
        <source>Choose a list of paths</source>
        <translation>选择路径列表</translation>
    </message>
    <message>
        <source>Looking</source>
        <translation>正在查找</translation>
    </message>
    <message>
        <source>what is there already is skipped</source>
        <translation>已有的会跳过</translation>
    </message>
    <message>
        <source>List of paths</source>
        <translation>路径列表</translation>
    </message>
    <message>
        <source>{title}, {words}</source>
        <translation>{title}，{words}</translation>
    </message>
    <message numerus="yes">
        <source>{count} images</source>
        <extracomment>One: 1 image</extracomment>
        <translation><numerusform>{count} 张图像</numerusform></translation>
    </message>
    <message>
        <source>{roughly}{number} {name}</source>
        <translation>{roughly}{number} {name}</translation>
    </message>
    <message>
        <source>It goes on where it was if stopped.</source>
        <translation>停止后会从原处继续。</translation>
    </message>
    <message>
        <source>{megabytes} on disk</source>
        <translation>磁盘上 {megabytes}</translation>
    </message>
    <message>
        <source>About {time} and {room}. {goes_on}</source>
        <translation>约 {time}，{room}。{goes_on}</translation>
    </message>
    <message>
        <source>{words}, {least} MP each</source>
        <translation>{words}，每张 {least} MP</translation>
    </message>
    <message>
        <source>{words}, {least} to {most} MP each</source>
        <translation>{words}，每张 {least} 到 {most} MP</translation>
    </message>
    <message>
        <source>Everything is there already.</source>
        <translation>全部都已存在。</translation>
    </message>
    <message>
        <source>{done} are there already.</source>
        <translation>已有 {done}。</translation>
    </message>
    <message>
        <source>About {room}. {goes_on}</source>
        <translation>约 {room}。{goes_on}</translation>
    </message>
    <message>
        <source>About {time}. {goes_on}</source>
        <translation>约 {time}。{goes_on}</translation>
    </message>
    <message>
        <source>Masks as GeoTIFF, too</source>
        <translation>掩码同时写为 GeoTIFF</translation>
    </message>
    <message>
        <source>Legend in pictures</source>
        <translation>图片中带图例</translation>
    </message>
    <message>
        <source>Polygons as</source>
        <translation>多边形格式</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>写出</translation>
    </message>
    <message>
        <source>index PNG, GeoTIFF</source>
        <translation>索引 PNG、GeoTIFF</translation>
    </message>
    <message>
        <source>New class</source>
        <translation>新类别</translation>
    </message>
    <message>
        <source>Name of the class</source>
        <translation>类别名称</translation>
    </message>
    <message>
        <source>Lists of classes (*.json *.txt *.csv);;All files (*)</source>
        <translation>类别列表 (*.json *.txt *.csv);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Classes of {model_name}</source>
        <translation>{model_name} 的类别</translation>
    </message>
    <message>
        <source>Name the classes of {model_name}</source>
        <translation>为 {model_name} 的类别命名</translation>
    </message>
    <message numerus="yes">
        <source>It predicts {n} classes but does not say what they are. Name them in the order in which it was trained.</source>
        <extracomment>One: It predicts {n} class but does not say what it is. Name it.</extracomment>
        <translation><numerusform>它预测 {n} 个类别，但没有说明是什么。请按训练时的顺序命名。</numerusform></translation>
    </message>
    <message>
        <source>Paste list</source>
        <translation>粘贴列表</translation>
    </message>
    <message>
        <source>Load file</source>
        <translation>加载文件</translation>
    </message>
    <message>
        <source>Leave it</source>
        <translation>先不管</translation>
    </message>
    <message>
        <source>Name classes</source>
        <translation>命名类别</translation>
    </message>
    <message>
        <source>{problem} Nothing was taken.</source>
        <translation>{problem} 没有采用任何内容。</translation>
    </message>
    <message>
        <source>Put background first</source>
        <translation>背景放在最前</translation>
    </message>
    <message>
        <source>class {row}</source>
        <translation>类别 {row}</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>The clipboard holds no list of names.</source>
        <translation>剪贴板中没有名称列表。</translation>
    </message>
    <message>
        <source>All classes have a name.</source>
        <translation>所有类别都有名称。</translation>
    </message>
    <message>
        <source>Load a list of classes</source>
        <translation>加载类别列表</translation>
    </message>
    <message>
        <source>Safe colours</source>
        <translation>安全色</translation>
    </message>
    <message>
        <source>Colour of {title}</source>
        <translation>{title}的颜色</translation>
    </message>
    <message>
        <source>Colour as hex</source>
        <translation>十六进制颜色</translation>
    </message>
    <message>
        <source>Set</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>None of your folders is in the report.</source>
        <translation>报告中不含你的任何文件夹。</translation>
    </message>
    <message>
        <source>All annotations are saved.</source>
        <translation>所有标注都已保存。</translation>
    </message>
    <message>
        <source>Something unexpected went wrong</source>
        <translation>发生了意外错误</translation>
    </message>
    <message>
        <source>Close after saving</source>
        <translation>保存后关闭</translation>
    </message>
    <message>
        <source>Keep on working</source>
        <translation>继续工作</translation>
    </message>
    <message>
        <source>SegDesk can go on. Where it looks odd from here, close it: what you painted is there again at the next start.</source>
        <translation>SegDesk 可以继续运行。如果之后看起来不正常，请关闭它：下次启动时你绘制的内容仍在。</translation>
    </message>
    <message>
        <source>Open log file</source>
        <translation>打开日志文件</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>复制报告</translation>
    </message>
    <message numerus="yes">
        <source>{n} annotations are being saved; their steps are in the journal already.</source>
        <extracomment>One: {n} annotation is being saved; its steps are in the journal already.</extracomment>
        <translation><numerusform>正在保存 {n} 份标注；其步骤已写入恢复日志。</numerusform></translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Why {name}? {image}</source>
        <translation>为什么是{name}？{image}</translation>
    </message>
    <message>
        <source>Where it looks</source>
        <translation>它看哪里</translation>
    </message>
    <message>
        <source>Unsure (1 − confidence)</source>
        <translation>不确定程度（1 − 置信度）</translation>
    </message>
    <message>
        <source>How</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>All its pixels</source>
        <translation>它的所有像素</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Folder for the explanation</source>
        <translation>解释的存放文件夹</translation>
    </message>
    <message>
        <source>Saved {name}</source>
        <translation>已保存 {name}</translation>
    </message>
    <message>
        <source>That of the pixel</source>
        <translation>该像素的类别</translation>
    </message>
    <message>
        <source>The largest</source>
        <translation>最大的类别</translation>
    </message>
    <message>
        <source>Pixel</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>{x}, {y}</source>
        <translation>{x}, {y}</translation>
    </message>
    <message>
        <source>Click one</source>
        <translation>点击一个</translation>
    </message>
    <message>
        <source>{done} of {count} passes</source>
        <translation>{count} 次中的第 {done} 次</translation>
    </message>
    <message>
        <source>Asking the model</source>
        <translation>正在询问模型</translation>
    </message>
    <message>
        <source>Probabilities</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>Choose a class</source>
        <translation>选择一个类别</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>All labelled</source>
        <translation>全部已标注</translation>
    </message>
    <message>
        <source>This image</source>
        <translation>当前图像</translation>
    </message>
    <message>
        <source>{folder} {format_id}</source>
        <translation>{folder} {format_id}</translation>
    </message>
    <message>
        <source>Copy the images along</source>
        <translation>同时复制图像</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Choose</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Keeps every pixel.</source>
        <translation>保留每个像素。</translation>
    </message>
    <message>
        <source>MMSegmentation, to train on</source>
        <translation>MMSegmentation，用于训练</translation>
    </message>
    <message numerus="yes">
        <source>Export {n:,} images</source>
        <extracomment>One: Export {n} image</extracomment>
        <translation><numerusform>导出 {n:,} 张图像</numerusform></translation>
    </message>
    <message>
        <source>Export into</source>
        <translation>导出到</translation>
    </message>
    <message>
        <source>{words} {counts:,}</source>
        <translation>{words} {counts:,}</translation>
    </message>
    <message>
        <source>It takes images of any size. A fixed size is faster on some devices.</source>
        <translation>接受任意尺寸的图像。固定尺寸在某些设备上更快。</translation>
    </message>
    <message>
        <source>Larger images are cut into windows of that size, smaller ones filled up.</source>
        <translation>更大的图像切成该尺寸的窗口，更小的会补齐。</translation>
    </message>
    <message>
        <source>As one ONNX file: RGB pixels in, labels out. Beside it lie a description and a script that runs it without SegDesk.</source>
        <translation>一个 ONNX 文件：输入 RGB 像素，输出标签。旁边附有说明，以及无需 SegDesk 即可运行它的脚本。</translation>
    </message>
    <message>
        <source>16 bits: half the size, faster on GPUs</source>
        <translation>16 位：体积减半，在 GPU 上更快</translation>
    </message>
    <message>
        <source>Give the confidence too</source>
        <translation>同时给出置信度</translation>
    </message>
    <message>
        <source>Input size</source>
        <translation>输入尺寸</translation>
    </message>
    <message>
        <source>Any size</source>
        <translation>任意尺寸</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>{side} × {side} px</source>
        <translation>{side} × {side} px</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>{name}: {value}</source>
        <translation>{name}：{value}</translation>
    </message>
    <message>
        <source>Where do the frames go?</source>
        <translation>帧放到哪里？</translation>
    </message>
    <message>
        <source>A frame of {name} that you annotate becomes an image. This is asked once for each video; the command “Frames go to” changes it.</source>
        <translation>你标注 {name} 的一帧时，该帧会成为一张图像。每个视频只问一次；可用命令“帧的存放位置”更改。</translation>
    </message>
    <message>
        <source>Another folder</source>
        <translation>其他文件夹</translation>
    </message>
    <message>
        <source>Put them there</source>
        <translation>放在那里</translation>
    </message>
    <message>
        <source>Folder of frames</source>
        <translation>帧的文件夹</translation>
    </message>
    <message>
        <source>Red</source>
        <translation>红</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>绿</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>蓝</translation>
    </message>
    <message>
        <source>Smallest to largest</source>
        <translation>最小到最大</translation>
    </message>
    <message>
        <source>2 % to 98 %</source>
        <translation>2 % 到 98 %</translation>
    </message>
    <message>
        <source>All bands alike</source>
        <translation>所有波段相同</translation>
    </message>
    <message>
        <source>Each for itself</source>
        <translation>各自拉伸</translation>
    </message>
    <message>
        <source>Three as colours</source>
        <translation>三个波段作彩色</translation>
    </message>
    <message>
        <source>One as grey</source>
        <translation>一个波段作灰度</translation>
    </message>
    <message>
        <source>Reading the bands</source>
        <translation>正在读取波段</translation>
    </message>
    <message>
        <source>Bands and stretch</source>
        <translation>波段与拉伸</translation>
    </message>
    <message>
        <source>{name} is stored as {layout}. All images of its folder are shown and predicted in the way chosen here. Training and evaluation read the files as they are stored.</source>
        <translation>{name} 以 {layout} 存储。其文件夹中的所有图像都按这里选择的方式显示和预测。训练和评估则按原样读取文件。</translation>
    </message>
    <message>
        <source>Kind of picture</source>
        <translation>图像类型</translation>
    </message>
    <message>
        <source>Bands</source>
        <translation>波段</translation>
    </message>
    <message>
        <source>Stretch</source>
        <translation>拉伸</translation>
    </message>
    <message>
        <source>Stretch of the bands</source>
        <translation>波段的拉伸</translation>
    </message>
    <message>
        <source>As stored</source>
        <translation>按原样</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>{message} {cause}</source>
        <translation>{message} {cause}</translation>
    </message>
    <message>
        <source>Band {band}</source>
        <translation>波段 {band}</translation>
    </message>
    <message>
        <source>Looking at the files</source>
        <translation>正在查看文件</translation>
    </message>
    <message>
        <source>Files that were looked at</source>
        <translation>已查看的文件</translation>
    </message>
    <message>
        <source>Labels (*.json *.xml *.png *.txt *.zip);;All files (*)</source>
        <translation>标注 (*.json *.xml *.png *.txt *.zip);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>掩码</translation>
    </message>
    <message>
        <source>Masks of numbers</source>
        <translation>数值掩码</translation>
    </message>
    <message>
        <source>Colour masks</source>
        <translation>彩色掩码</translation>
    </message>
    <message>
        <source>Masks of objects</source>
        <translation>对象掩码</translation>
    </message>
    <message>
        <source>Nothing to show yet</source>
        <translation>暂无可显示内容</translation>
    </message>
    <message>
        <source>Preview: the file at the left, classes at the right</source>
        <translation>预览：左边是文件，右边是类别</translation>
    </message>
    <message>
        <source>Left and right keys move the border.</source>
        <translation>左右键移动分界。</translation>
    </message>
    <message>
        <source>In the file</source>
        <translation>文件中</translation>
    </message>
    <message>
        <source>As classes</source>
        <translation>作为类别</translation>
    </message>
    <message>
        <source>; others fit too, choose if it is one of them</source>
        <translation>；其他格式也符合，若是其中之一请选择</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Choose another folder</source>
        <translation>选择其他文件夹</translation>
    </message>
    <message>
        <source>Choose another file</source>
        <translation>选择其他文件</translation>
    </message>
    <message>
        <source>Looks like</source>
        <translation>看起来是</translation>
    </message>
    <message>
        <source>Format of the labels</source>
        <translation>标注格式</translation>
    </message>
    <message>
        <source>Find out</source>
        <translation>自动识别</translation>
    </message>
    <message>
        <source>Choose folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>Choose file</source>
        <translation>选择文件</translation>
    </message>
    <message>
        <source>Drop a folder or a file of labels here</source>
        <translation>把标注的文件夹或文件拖到这里</translation>
    </message>
    <message>
        <source>Masks, labelme, COCO, CVAT, VOC, YOLO and more. Nothing is written before you have seen what it becomes.</source>
        <translation>掩码、labelme、COCO、CVAT、VOC、YOLO 等。在你看到结果之前不会写入任何内容。</translation>
    </message>
    <message>
        <source>Replace annotations that exist, keep a copy of each</source>
        <translation>替换已有标注，并各留一份副本</translation>
    </message>
    <message>
        <source>Nearest colour within</source>
        <translation>最近颜色的范围</translation>
    </message>
    <message>
        <source>Distance of colours</source>
        <translation>颜色距离</translation>
    </message>
    <message>
        <source>Use the class file</source>
        <translation>使用类别文件</translation>
    </message>
    <message>
        <source>{folder} / {name}</source>
        <translation>{folder} / {name}</translation>
    </message>
    <message>
        <source>, {items}</source>
        <translation>，{items}</translation>
    </message>
    <message>
        <source>Replace {existing} that exist, keep a copy of each</source>
        <translation>替换已有的 {existing}，并各留一份副本</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>Previous annotation</source>
        <translation>上一个标注</translation>
    </message>
    <message>
        <source>Next annotation</source>
        <translation>下一个标注</translation>
    </message>
    <message>
        <source>Looking at the files: {done:,} of {total:,}</source>
        <translation>正在查看文件：{done:,}/{total:,}</translation>
    </message>
    <message>
        <source>Use {name}</source>
        <translation>使用 {name}</translation>
    </message>
    <message>
        <source>No image of the project belongs to these labels.</source>
        <translation>项目中没有图像与这些标注对应。</translation>
    </message>
    <message>
        <source>Nothing is written before you import.</source>
        <translation>导入之前不会写入任何内容。</translation>
    </message>
    <message>
        <source>Import {count}</source>
        <translation>导入 {count}</translation>
    </message>
    <message>
        <source>{cause} {hint}</source>
        <translation>{cause} {hint}</translation>
    </message>
    <message>
        <source>Finding out the format</source>
        <translation>正在识别格式</translation>
    </message>
    <message>
        <source>Classes that were found</source>
        <translation>找到的类别</translation>
    </message>
    <message>
        <source>Search by name or key</source>
        <translation>按名称或按键搜索</translation>
    </message>
    <message>
        <source>Search by pressing a key</source>
        <translation>按下一个键来搜索</translation>
    </message>
    <message>
        <source>Press the key</source>
        <translation>请按键</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>全部重置</translation>
    </message>
    <message>
        <source>All commands have the keys of the preset</source>
        <translation>所有命令都使用预设的快捷键</translation>
    </message>
    <message>
        <source>No command fits</source>
        <translation>没有命令符合</translation>
    </message>
    <message>
        <source>Search for a part of its name, or for a key such as Ctrl+U.</source>
        <translation>请搜索其名称的一部分，或 Ctrl+U 这样的按键。</translation>
    </message>
    <message>
        <source>Search by key</source>
        <translation>按键搜索</translation>
    </message>
    <message>
        <source>Press a key and see which command it runs.</source>
        <translation>按下一个键，查看它运行哪个命令。</translation>
    </message>
    <message>
        <source>On the picture</source>
        <translation>在图片上</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Choose a command to change its keys.</source>
        <translation>选择一个命令以更改其快捷键。</translation>
    </message>
    <message>
        <source>This belongs to the mouse, or to the window; it stays as it is.</source>
        <translation>这属于鼠标或窗口，保持不变。</translation>
    </message>
    <message>
        <source>Keys of the chosen command</source>
        <translation>所选命令的快捷键</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>新快捷键</translation>
    </message>
    <message>
        <source>Press a key to add it</source>
        <translation>按下要添加的键</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Take it</source>
        <translation>采用</translation>
    </message>
    <message>
        <source> keeps {keys}</source>
        <translation>保留 {keys}</translation>
    </message>
    <message>
        <source> would have no key left</source>
        <translation>没有快捷键了</translation>
    </message>
    <message>
        <source>{key} is “{title}” now, which{left}.</source>
        <translation>{key} 现在是“{title}”，它{left}。</translation>
    </message>
    <message>
        <source>Take {key} away</source>
        <translation>去掉 {key}</translation>
    </message>
    <message>
        <source>{key} was taken from “{command}”.</source>
        <translation>{key} 已从“{command}”取走。</translation>
    </message>
    <message>
        <source>Keys were taken from {keys}.</source>
        <translation>已从 {keys} 取走快捷键。</translation>
    </message>
    <message>
        <source>while the key is down</source>
        <translation>按住该键时</translation>
    </message>
    <message>
        <source>Hide the overlay</source>
        <translation>隐藏叠加层</translation>
    </message>
    <message>
        <source>Zoom at the cursor</source>
        <translation>在光标处缩放</translation>
    </message>
    <message>
        <source>Pan with the mouse</source>
        <translation>用鼠标平移</translation>
    </message>
    <message>
        <source>Middle button</source>
        <translation>中键</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>擦除</translation>
    </message>
    <message>
        <source>Right button</source>
        <translation>右键</translation>
    </message>
    <message>
        <source>Pick a class</source>
        <translation>拾取类别</translation>
    </message>
    <message>
        <source>Straight line with the brush</source>
        <translation>用画笔画直线</translation>
    </message>
    <message>
        <source>Size of the brush</source>
        <translation>画笔大小</translation>
    </message>
    <message>
        <source>Accept region with the hand</source>
        <translation>用抓手工具接受区域</translation>
    </message>
    <message>
        <source>Accept by lasso with the hand</source>
        <translation>用抓手工具套索接受</translation>
    </message>
    <message>
        <source>Next area of the window</source>
        <translation>窗口的下一个区域</translation>
    </message>
    <message>
        <source>Back to the picture</source>
        <translation>回到图片</translation>
    </message>
    <message>
        <source>No camera was found on this machine. Type the address of a stream.</source>
        <translation>本机没有找到摄像头。请输入视频流的地址。</translation>
    </message>
    <message>
        <source>A camera of this machine, or the address of a network camera or another sender. If it breaks off, it is connected to again.</source>
        <translation>本机摄像头，或网络摄像头及其他发送端的地址。若中断会自动重新连接。</translation>
    </message>
    <message>
        <source>Cameras and addresses</source>
        <translation>摄像头和地址</translation>
    </message>
    <message>
        <source>Looking for cameras</source>
        <translation>正在查找摄像头</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Choose the folder of recordings</source>
        <translation>选择录像文件夹</translation>
    </message>
    <message>
        <source>The password is not remembered.</source>
        <translation>不会记住密码。</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>录像</translation>
    </message>
    <message>
        <source>Folder of recordings</source>
        <translation>录像文件夹</translation>
    </message>
    <message>
        <source>before calibration</source>
        <translation>校准前</translation>
    </message>
    <message>
        <source>Copied the card</source>
        <translation>已复制模型卡</translation>
    </message>
    <message>
        <source>It is not in the library any more.</source>
        <translation>它已不在模型库中。</translation>
    </message>
    <message>
        <source>Copy card</source>
        <translation>复制模型卡</translation>
    </message>
    <message>
        <source>Classes  {count}</source>
        <translation>类别  {count}</translation>
    </message>
    <message>
        <source>Not measured here: it runs in fp32.</source>
        <translation>未在此测量：以 fp32 运行。</translation>
    </message>
    <message>
        <source>Measuring. Predictions wait meanwhile; the jobs panel can stop it.</source>
        <translation>正在测量。期间预测会等待；可在任务面板停止。</translation>
    </message>
    <message>
        <source>Find the fastest way to run this model here; takes seconds.</source>
        <translation>找出在本机运行该模型的最快方式，需要几秒钟。</translation>
    </message>
    <message>
        <source>Tune for this machine</source>
        <translation>为本机调优</translation>
    </message>
    <message>
        <source>On this machine</source>
        <translation>在本机</translation>
    </message>
    <message>
        <source>{words} · {day}</source>
        <translation>{words} · {day}</translation>
    </message>
    <message>
        <source>ONNX, TorchScript (*.onnx *.pt *.torchscript *.ts);;All files (*)</source>
        <translation>ONNX、TorchScript (*.onnx *.pt *.torchscript *.ts);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Segment Anything</source>
        <translation>Segment Anything</translation>
    </message>
    <message>
        <source>ViT-B/L/H, MobileSAM, HQ-SAM and others as ONNX. The encoder gives image_embeddings; the decoder takes them with point_coords, point_labels, mask_input, has_mask_input and orig_im_size.</source>
        <translation>ONNX 格式的 ViT-B/L/H、MobileSAM、HQ-SAM 等。编码器输出 image_embeddings；解码器接收它以及 point_coords、point_labels、mask_input、has_mask_input 和 orig_im_size。</translation>
    </message>
    <message>
        <source>SAM 2</source>
        <translation>SAM 2</translation>
    </message>
    <message>
        <source>As ONNX: image_embed, high_res_feats_0 and high_res_feats_1 between them.</source>
        <translation>ONNX 格式：两者之间为 image_embed、high_res_feats_0 和 high_res_feats_1。</translation>
    </message>
    <message>
        <source>EfficientSAM</source>
        <translation>EfficientSAM</translation>
    </message>
    <message>
        <source>As ONNX: batched_images in, batched_point_coords and _labels.</source>
        <translation>ONNX 格式：输入 batched_images、batched_point_coords 和 batched_point_labels。</translation>
    </message>
    <message>
        <source>Names</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>One name with “encoder” and “decoder” in it, as mobile_sam_encoder.onnx and mobile_sam_decoder.onnx; or a folder for each model.</source>
        <translation>同一名称，分别含有“encoder”和“decoder”，如 mobile_sam_encoder.onnx 和 mobile_sam_decoder.onnx；或每个模型一个文件夹。</translation>
    </message>
    <message>
        <source>Not these</source>
        <translation>不适用</translation>
    </message>
    <message>
        <source>Weights alone, such as sam_vit_b.pth: export them to ONNX first. TorchScript is opened only after you agreed that it is executed.</source>
        <translation>仅含权重的文件，如 sam_vit_b.pth：请先导出为 ONNX。TorchScript 只有在你同意执行后才会打开。</translation>
    </message>
    <message>
        <source>The prompt tool asks a model of the Segment Anything family for the thing under a click or in a box. SegDesk brings none of them. A model is two files: an encoder that sees the image once, and a decoder that answers each click.</source>
        <translation>提示工具会向 Segment Anything 系列模型询问点击处或方框内的物体。SegDesk 不附带这类模型。一个模型由两个文件组成：看一次图像的编码器，以及回应每次点击的解码器。</translation>
    </message>
    <message>
        <source>Execute it</source>
        <translation>执行它</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>还没有</translation>
    </message>
    <message>
        <source>{family}, sees images at {size} px, runs on {device}.</source>
        <translation>{family}，以 {size} px 查看图像，在 {device} 上运行。</translation>
    </message>
    <message>
        <source>Encoder of the model</source>
        <translation>模型的编码器</translation>
    </message>
    <message>
        <source>Decoder of the model</source>
        <translation>模型的解码器</translation>
    </message>
    <message>
        <source>Run the code in {name}?</source>
        <translation>运行 {name} 中的代码？</translation>
    </message>
    <message>
        <source>TorchScript can do whatever you can do on this machine: read and delete files, or send them away. Run it only if you know where it comes from.</source>
        <translation>TorchScript 能做你在这台机器上能做的一切：读取和删除文件，或把它们发送出去。只有知道来源时才运行它。</translation>
    </message>
    <message>
        <source>Trust and run</source>
        <translation>信任并运行</translation>
    </message>
    <message>
        <source>Files that fit</source>
        <translation>适用的文件</translation>
    </message>
    <message>
        <source>Where they belong</source>
        <translation>存放位置</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>打开该文件夹</translation>
    </message>
    <message>
        <source>Add files</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>It is opened when the tool is taken.</source>
        <translation>选用该工具时打开。</translation>
    </message>
    <message>
        <source>Safe mode starts with default settings and keys, and without the layout, the model and the engine of the last sitting. Resetting gives settings and layout other names and begins as on the first day. Neither changes images or annotations.</source>
        <translation>安全模式使用默认设置和快捷键启动，不使用上次的布局、模型和引擎。重置会给设置和布局改名，并像第一天那样开始。两者都不改变图像和标注。</translation>
    </message>
    <message>
        <source>Reset settings and layout</source>
        <translation>重置设置和布局</translation>
    </message>
    <message>
        <source>Start in safe mode</source>
        <translation>以安全模式启动</translation>
    </message>
    <message>
        <source>Start as usual</source>
        <translation>照常启动</translation>
    </message>
    <message>
        <source>SegDesk crashed last time</source>
        <translation>SegDesk 上次崩溃了</translation>
    </message>
    <message>
        <source>What you painted is there again when you open the images.</source>
        <translation>打开图像时，你绘制的内容仍在。</translation>
    </message>
    <message>
        <source>SegDesk did not start twice in a row</source>
        <translation>SegDesk 连续两次没有启动成功</translation>
    </message>
    <message>
        <source>SegDesk did not start {failed} times in a row</source>
        <translation>SegDesk 连续 {failed} 次没有启动成功</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Change keys…</source>
        <translation>更改快捷键…</translation>
    </message>
    <message>
        <source>Open the file</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>No command has other keys.</source>
        <translation>没有命令使用其他快捷键。</translation>
    </message>
    <message>
        <source>{count} with own keys.</source>
        <translation>{count} 个命令使用自定义快捷键。</translation>
    </message>
    <message>
        <source>No setting fits “{query}”.</source>
        <translation>没有设置符合“{query}”。</translation>
    </message>
    <message>
        <source>{key} shows all.</source>
        <translation>按 {key} 显示全部。</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>已更改</translation>
    </message>
    <message>
        <source>the best device</source>
        <translation>最好的设备</translation>
    </message>
    <message>
        <source>SegDesk's own</source>
        <translation>SegDesk 自己的</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Choose {title}</source>
        <translation>选择{title}</translation>
    </message>
    <message>
        <source>The best one</source>
        <translation>最好的</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>Reset {title}</source>
        <translation>重置{title}</translation>
    </message>
    <message>
        <source>Back to {value}.</source>
        <translation>恢复为{value}。</translation>
    </message>
    <message>
        <source>In force {applies}.</source>
        <translation>{applies}生效。</translation>
    </message>
    <message>
        <source>train</source>
        <comment>a part of the images</comment>
        <translation>训练</translation>
    </message>
    <message>
        <source>val</source>
        <comment>a part of the images</comment>
        <translation>验证</translation>
    </message>
    <message>
        <source>test</source>
        <comment>a part of the images</comment>
        <translation>测试</translation>
    </message>
    <message>
        <source>A folder named train, val or test in an image's path decides; training, validation and testing count, too. Other images have no split.</source>
        <translation>由图像路径中名为 train、val 或 test 的文件夹决定；training、validation 和 testing 也算。其他图像不属于任何划分。</translation>
    </message>
    <message>
        <source>A name is a path, or a file name that occurs once; the end may lack.</source>
        <translation>名称可以是路径，或只出现一次的文件名；可以不写扩展名。</translation>
    </message>
    <message>
        <source>{count} {name}</source>
        <translation>{count} {name}</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>The same seed divides the same way again.</source>
        <translation>相同的种子总是得到相同的划分。</translation>
    </message>
    <message>
        <source>Way</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>{rest} without a split</source>
        <translation>{rest} 张没有划分</translation>
    </message>
    <message numerus="yes">
        <source>{count} names mean no image or several: {names}</source>
        <extracomment>One: 1 name means no image or several: {names}</extracomment>
        <translation><numerusform>{count} 个名称没有对应图像或对应多张：{names}</numerusform></translation>
    </message>
    <message>
        <source>List for {split}</source>
        <translation>{split}列表</translation>
    </message>
    <message>
        <source>Text file, one name a line</source>
        <translation>文本文件，每行一个名称</translation>
    </message>
    <message>
        <source>Lists (*.txt *.lst);;All (*)</source>
        <translation>列表 (*.txt *.lst);;所有文件 (*)</translation>
    </message>
    <message>
        <source>By chance</source>
        <translation>随机</translation>
    </message>
    <message>
        <source>By folder</source>
        <translation>按文件夹</translation>
    </message>
    <message>
        <source>By lists</source>
        <translation>按列表</translation>
    </message>
    <message>
        <source>{path} cannot be read as text.</source>
        <translation>{path} 不能作为文本读取。</translation>
    </message>
    <message>
        <source>Choose a text file with one name a line.</source>
        <translation>请选择每行一个名称的文本文件。</translation>
    </message>
</context>
<context>
    <name>segdesk/gui/dialogs/training</name>
    <message>
        <source>{train_images:,} + {val_images:,}</source>
        <translation>{train_images:,} + {val_images:,}</translation>
    </message>
    <message>
        <source>Class balance</source>
        <translation>类别平衡</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>{name} {train:.1%} in training, {val:.1%} in validation</source>
        <translation>{name}：训练 {train:.1%}，验证 {val:.1%}</translation>
    </message>
    <message>
        <source>{title}. {words}</source>
        <translation>{title}. {words}</translation>
    </message>
    <message>
        <source>{title}: {words}</source>
        <translation>{title}：{words}</translation>
    </message>
    <message>
        <source>, chosen</source>
        <translation>，已选</translation>
    </message>
    <message>
        <source>{title}: {words}{taken}</source>
        <translation>{title}：{words}{taken}</translation>
    </message>
    <message>
        <source>Back to settings</source>
        <translation>返回设置</translation>
    </message>
    <message>
        <source>The config is built once the data can be trained on</source>
        <translation>数据可用于训练后才会生成配置</translation>
    </message>
    <message>
        <source>Building the config</source>
        <translation>正在生成配置</translation>
    </message>
    <message>
        <source>this training</source>
        <translation>本次训练</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Difference to its base</source>
        <translation>与基准的差异</translation>
    </message>
    <message>
        <source>{reason} {hint}</source>
        <translation>{reason} {hint}</translation>
    </message>
    <message>
        <source>Your text wins over the settings; it can be trained</source>
        <translation>你的文本优先于设置；可以训练</translation>
    </message>
    <message>
        <source>Edit it to go beyond the settings</source>
        <translation>编辑它以超出设置的范围</translation>
    </message>
    <message>
        <source>Make 0 and 1</source>
        <translation>变为 0 和 1</translation>
    </message>
    <message>
        <source>Read the colours</source>
        <translation>读取颜色</translation>
    </message>
    <message>
        <source>Set aside</source>
        <translation>放到一旁</translation>
    </message>
    <message>
        <source>Drop from validation</source>
        <translation>从验证集去掉</translation>
    </message>
    <message>
        <source>Move away</source>
        <translation>移走</translation>
    </message>
    <message>
        <source>train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>{count} rules · {pairs:,} pairs · {seconds} s</source>
        <translation>{count} 条规则 · {pairs:,} 对 · {seconds} 秒</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>{kind}: {name}</source>
        <translation>{kind}：{name}</translation>
    </message>
    <message>
        <source>Another folder…</source>
        <translation>其他文件夹…</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Done and drafts</source>
        <translation>完成的和草稿</translation>
    </message>
    <message>
        <source>All pairs</source>
        <translation>所有配对</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>划分</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>再次运行</translation>
    </message>
    <message>
        <source>Data check</source>
        <translation>数据检查</translation>
    </message>
    <message>
        <source> The files as they were lie in {backup}.</source>
        <translation>原来的文件在 {backup}。</translation>
    </message>
    <message numerus="yes">
        <source>{n} rules hold</source>
        <extracomment>One: {n} rule holds</extracomment>
        <translation><numerusform>{n} 条规则通过</numerusform></translation>
    </message>
    <message>
        <source>Making samples</source>
        <translation>正在制作样本</translation>
    </message>
    <message>
        <source>{why} {cure}</source>
        <translation>{why} {cure}</translation>
    </message>
    <message>
        <source>As in the project</source>
        <translation>与项目一致</translation>
    </message>
    <message>
        <source>Split again…</source>
        <translation>重新划分…</translation>
    </message>
    <message>
        <source>As in its folders</source>
        <translation>与其文件夹一致</translation>
    </message>
    <message>
        <source>share of pixels</source>
        <translation>像素占比</translation>
    </message>
    <message>
        <source>After augmentation</source>
        <translation>增强之后</translation>
    </message>
    <message>
        <source>Show others</source>
        <translation>换一批</translation>
    </message>
    <message>
        <source>No samples: {reason}</source>
        <translation>没有样本：{reason}</translation>
    </message>
    <message>
        <source>Show {name}</source>
        <translation>显示{name}</translation>
    </message>
    <message>
        <source>The files as they are now are kept beside the data.</source>
        <translation>现在的文件会在数据旁保留一份。</translation>
    </message>
    <message>
        <source>Draw new ones.</source>
        <translation>重新抽取。</translation>
    </message>
    <message>
        <source>{done:,} of {total:,} {unit}</source>
        <translation>{done:,}/{total:,} {unit}</translation>
    </message>
    <message>
        <source>Reading the folder</source>
        <translation>正在读取文件夹</translation>
    </message>
    <message>
        <source>Fixed</source>
        <translation>已修复</translation>
    </message>
    <message>
        <source>Samples are made once the red findings are fixed</source>
        <translation>红色问题修复后才会制作样本</translation>
    </message>
    <message>
        <source>After the check</source>
        <translation>检查之后</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Ready to start</source>
        <translation>可以开始</translation>
    </message>
    <message>
        <source>{count:,} iterations</source>
        <translation>{count:,} 次迭代</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Probe</source>
        <translation>试跑</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Start training</source>
        <translation>开始训练</translation>
    </message>
    <message>
        <source>Ready: it waits until {waits_for} is over</source>
        <translation>已就绪：等待 {waits_for} 结束</translation>
    </message>
    <message>
        <source>{key} leads back to the training</source>
        <translation>按 {key} 回到训练</translation>
    </message>
    <message>
        <source>Next: {titles}</source>
        <translation>下一步：{titles}</translation>
    </message>
    <message>
        <source>About {time}</source>
        <translation>约 {time}</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>recipe's</source>
        <translation>配方值</translation>
    </message>
    <message>
        <source>Configs (*.py *.json *.yaml *.yml);;All files (*)</source>
        <translation>配置 (*.py *.json *.yaml *.yml);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Sort: proposed first</source>
        <translation>排序：推荐的在前</translation>
    </message>
    <message>
        <source>Sort: name</source>
        <translation>排序：名称</translation>
    </message>
    <message>
        <source>Sort: fastest first</source>
        <translation>排序：最快的在前</translation>
    </message>
    <message>
        <source>Sort: least memory</source>
        <translation>排序：内存最少</translation>
    </message>
    <message>
        <source>Sort: smallest first</source>
        <translation>排序：最小的在前</translation>
    </message>
    <message>
        <source>Speeds are measured here, one architecture after the other</source>
        <translation>速度在本机上逐个架构测量</translation>
    </message>
    <message>
        <source> Published of {title}: mIoU {score} on {dataset}.</source>
        <translation>{title} 公布的结果：在 {dataset} 上 mIoU {score}。</translation>
    </message>
    <message>
        <source>Where the network comes from</source>
        <translation>网络来自哪里</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>Architectures</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>Configs of the zoo</source>
        <translation>Zoo 中的配置</translation>
    </message>
    <message>
        <source>A config of your own</source>
        <translation>自己的配置</translation>
    </message>
    <message>
        <source>Any mmseg config, such as the config.py of an earlier run. It is read as text; code in it is not executed.</source>
        <translation>任何 mmseg 配置，例如以前某次运行的 config.py。它只作为文本读取，其中的代码不会执行。</translation>
    </message>
    <message>
        <source>Why this one</source>
        <translation>为什么是它</translation>
    </message>
    <message>
        <source>Speeds are measured once the data can be trained on</source>
        <translation>数据可用于训练后才会测量速度</translation>
    </message>
    <message>
        <source>Proposed</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>measuring</source>
        <translation>正在测量</translation>
    </message>
    <message>
        <source>Not installed</source>
        <translation>未安装</translation>
    </message>
    <message>
        <source>{reason}. {hint}</source>
        <translation>{reason}. {hint}</translation>
    </message>
    <message>
        <source>Zoo configs</source>
        <translation>Zoo 配置</translation>
    </message>
    <message>
        <source>My config</source>
        <translation>我的配置</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Not measured</source>
        <translation>未测量</translation>
    </message>
    <message>
        <source>Why {title} is proposed</source>
        <translation>为什么推荐 {title}</translation>
    </message>
    <message>
        <source>The proposal is made from the checked data.</source>
        <translation>推荐基于检查过的数据。</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Images/s</source>
        <translation>张/秒</translation>
    </message>
    <message>
        <source>Data set</source>
        <translation>数据集</translation>
    </message>
    <message>
        <source>{number} M</source>
        <translation>{number} M</translation>
    </message>
    <message>
        <source>Memory of a step</source>
        <translation>每步内存</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>with a warning</source>
        <translation>有警告</translation>
    </message>
    <message>
        <source>stops the start</source>
        <translation>阻止开始</translation>
    </message>
    <message>
        <source>≈ {number} epochs of {pairs:,} images</source>
        <translation>≈ {number} 轮，{pairs:,} 张图像</translation>
    </message>
    <message>
        <source>≈ {count:,} iterations</source>
        <translation>≈ {count:,} 次迭代</translation>
    </message>
    <message>
        <source>Reset to proposed</source>
        <translation>重置为推荐值</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>Unit of the length</source>
        <translation>长度的单位</translation>
    </message>
    <message>
        <source>Stop early after</source>
        <translation>提前停止</translation>
    </message>
    <message>
        <source>Validations without gain</source>
        <translation>没有提升的验证次数</translation>
    </message>
    <message>
        <source>If memory runs out</source>
        <translation>内存不足时</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>调度</translation>
    </message>
    <message>
        <source>Augmentation</source>
        <translation>增强</translation>
    </message>
    <message>
        <source>Learning</source>
        <translation>学习</translation>
    </message>
    <message>
        <source>Name of the run</source>
        <translation>运行名称</translation>
    </message>
    <message>
        <source>Checkpoint every</source>
        <translation>检查点间隔</translation>
    </message>
    <message>
        <source>Log every</source>
        <translation>日志间隔</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>iterations, checkpoint at the same time</source>
        <translation>次迭代，同时保存检查点</translation>
    </message>
    <message>
        <source>iterations</source>
        <translation>次迭代</translation>
    </message>
    <message>
        <source>rate; empty: the recipe's own</source>
        <translation>学习率；留空则用配方自带的</translation>
    </message>
    <message>
        <source>batches make one step of {total:,} images</source>
        <translation>个批次合成一步，共 {total:,} 张图像</translation>
    </message>
    <message>
        <source>Quick try: {quick} iterations</source>
        <translation>快速试验：{quick} 次迭代</translation>
    </message>
    <message>
        <source>the data are not checked yet</source>
        <translation>数据尚未检查</translation>
    </message>
    <message>
        <source>As proposed</source>
        <translation>按推荐</translation>
    </message>
    <message>
        <source>Thorough: four times as long</source>
        <translation>充分：四倍长度</translation>
    </message>
    <message>
        <source>without gain</source>
        <translation>次没有提升</translation>
    </message>
    <message>
        <source>IoU of {name}</source>
        <translation>{name}的 IoU</translation>
    </message>
    <message>
        <source>Fits in memory</source>
        <translation>内存足够</translation>
    </message>
    <message>
        <source>Probe: 1 training and 1 validation step.</source>
        <translation>试跑：1 步训练和 1 步验证。</translation>
    </message>
    <message>
        <source>Together</source>
        <translation>联合</translation>
    </message>
    <message>
        <source>Deterministic</source>
        <translation>确定性</translation>
    </message>
    <message>
        <source>Mixed precision (GPU only)</source>
        <translation>混合精度（仅 GPU）</translation>
    </message>
    <message>
        <source>Average weights (EMA)</source>
        <translation>权重平均（EMA）</translation>
    </message>
    <message>
        <source>Recompute to save memory</source>
        <translation>重新计算以节省内存</translation>
    </message>
    <message>
        <source>peak, measured by a probe</source>
        <translation>峰值，由试跑测得</translation>
    </message>
    <message>
        <source>not probed yet</source>
        <translation>尚未试跑</translation>
    </message>
    <message>
        <source>Time for {length} iterations</source>
        <translation>{length} 次迭代所需时间</translation>
    </message>
    <message>
        <source>See Data.</source>
        <translation>见“数据”。</translation>
    </message>
    <message>
        <source>Probing</source>
        <translation>正在试跑</translation>
    </message>
    <message>
        <source>1 training and 1 validation step.</source>
        <translation>1 步训练和 1 步验证。</translation>
    </message>
    <message>
        <source>Memory and time are not known</source>
        <translation>内存和时间未知</translation>
    </message>
    <message>
        <source>Probe measures them.</source>
        <translation>试跑会测量它们。</translation>
    </message>
    <message>
        <source>Does not fit in memory</source>
        <translation>内存放不下</translation>
    </message>
    <message>
        <source>Lower the batch or the crop.</source>
        <translation>请减小批大小或裁剪尺寸。</translation>
    </message>
    <message>
        <source>Before you start</source>
        <translation>开始之前</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message numerus="yes">
        <source>{n} warnings in Data</source>
        <extracomment>One: {n} warning in Data</extracomment>
        <translation><numerusform>“数据”中有 {n} 条警告</numerusform></translation>
    </message>
    <message>
        <source>They do not stop it.</source>
        <translation>它们不会阻止开始。</translation>
    </message>
    <message>
        <source>Recipe's own</source>
        <translation>配方自带</translation>
    </message>
    <message>
        <source>Poly, warm-up</source>
        <translation>多项式，预热</translation>
    </message>
    <message>
        <source>Cosine, warm-up</source>
        <translation>余弦，预热</translation>
    </message>
    <message>
        <source>Constant</source>
        <translation>恒定</translation>
    </message>
    <message>
        <source>Cross-entropy</source>
        <translation>交叉熵</translation>
    </message>
    <message>
        <source>Cross-entropy + Dice</source>
        <translation>交叉熵 + Dice</translation>
    </message>
    <message>
        <source>Focal</source>
        <translation>Focal</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Light: mirror</source>
        <translation>轻：镜像</translation>
    </message>
    <message>
        <source>Standard: scale, mirror, colour</source>
        <translation>标准：缩放、镜像、颜色</translation>
    </message>
    <message>
        <source>Strong: turns and more colour</source>
        <translation>强：旋转和更多颜色</translation>
    </message>
    <message>
        <source>Halve the batch, accumulate</source>
        <translation>批大小减半，梯度累积</translation>
    </message>
    <message>
        <source>Stop and say so</source>
        <translation>停止并说明</translation>
    </message>
    <message>
        <source>epochs</source>
        <translation>轮</translation>
    </message>
    <message>
        <source>Samples after augmentation</source>
        <translation>增强后的样本</translation>
    </message>
    <message>
        <source>{title} · {height:.1f}{unit}</source>
        <translation>{title} · {height:.1f}{unit}</translation>
    </message>
    <message>
        <source>Networks by what they cost and reach</source>
        <translation>网络的代价与效果</translation>
    </message>
    <message>
        <source>{title} {across:.1f}, {height:.1f}</source>
        <translation>{title} {across:.1f}, {height:.1f}</translation>
    </message>
    <message>
        <source>images/s here</source>
        <translation>张/秒（本机）</translation>
    </message>
    <message>
        <source>What lies across</source>
        <translation>横轴</translation>
    </message>
    <message>
        <source>On which data</source>
        <translation>在哪个数据集上</translation>
    </message>
    <message>
        <source>○ published on {papers}</source>
        <translation>○ 发表于 {papers}</translation>
    </message>
    <message>
        <source>Published mIoU, size</source>
        <translation>公布的 mIoU，大小</translation>
    </message>
    <message>
        <source>○ mIoU over parameters in millions; click one to take it</source>
        <translation>○ 参数量（百万）对应的 mIoU；点击即可选用</translation>
    </message>
    <message>
        <source>None of these was published on this data set</source>
        <translation>这些网络都没有在该数据集上发表过</translation>
    </message>
    <message>
        <source>{name} · {count}</source>
        <translation>{name} · {count}</translation>
    </message>
    <message>
        <source>mIoU over</source>
        <translation>mIoU 对</translation>
    </message>
    <message>
        <source>Parameters over</source>
        <translation>参数量对</translation>
    </message>
    <message>
        <source>{words} · ● on these data</source>
        <translation>{words} · ● 在这些数据上</translation>
    </message>
    <message>
        <source>size = memory</source>
        <translation>大小 = 内存</translation>
    </message>
    <message>
        <source>Course of the learning rate</source>
        <translation>学习率变化曲线</translation>
    </message>
    <message>
        <source>random weights</source>
        <translation>随机权重</translation>
    </message>
    <message>
        <source>Zoo weights</source>
        <translation>Zoo 权重</translation>
    </message>
    <message>
        <source>My model</source>
        <translation>我的模型</translation>
    </message>
    <message>
        <source>A run</source>
        <translation>某次运行</translation>
    </message>
    <message>
        <source>Scratch</source>
        <translation>从头训练</translation>
    </message>
    <message>
        <source>get some from the zoo</source>
        <translation>从 Zoo 获取一些</translation>
    </message>
    <message>
        <source>none is in the library</source>
        <translation>模型库中没有</translation>
    </message>
    <message>
        <source>none is finished</source>
        <translation>没有已结束的</translation>
    </message>
    <message>
        <source>{found} to choose from</source>
        <translation>有 {found} 个可选</translation>
    </message>
    <message>
        <source>Checkpoint file</source>
        <translation>检查点文件</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>正在读取</translation>
    </message>
    <message>
        <source>from scratch</source>
        <translation>从头开始</translation>
    </message>
    <message>
        <source>from {name}</source>
        <translation>来自 {name}</translation>
    </message>
    <message>
        <source>Not checked</source>
        <translation>未检查</translation>
    </message>
    <message>
        <source>{train:,} train · {validation:,} validation</source>
        <translation>训练 {train:,} · 验证 {validation:,}</translation>
    </message>
    <message>
        <source>{name}, {start}</source>
        <translation>{name}，{start}</translation>
    </message>
    <message>
        <source>{length} · {device}</source>
        <translation>{length} · {device}</translation>
    </message>
    <message>
        <source>A model labels them where it is sure; the rest is ignored.</source>
        <translation>模型在有把握处标注它们；其余忽略。</translation>
    </message>
    <message>
        <source>Learn from unlabelled images too</source>
        <translation>也从未标注的图像学习</translation>
    </message>
    <message>
        <source>Labelled by</source>
        <translation>标注者</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Train without them too, to see the gain</source>
        <translation>同时不含它们训练一次，以查看提升</translation>
    </message>
    <message>
        <source>Remove their labels</source>
        <translation>移除其伪标签</translation>
    </message>
    <message numerus="yes">
        <source>Learn from {n} unlabelled images too</source>
        <extracomment>One: Learn from {n} unlabelled image too</extracomment>
        <translation><numerusform>也从 {n} 张未标注图像学习</numerusform></translation>
    </message>
    <message>
        <source>{message} {cause} {hint}</source>
        <translation>{message} {cause} {hint}</translation>
    </message>
    <message>
        <source>The model labels them where it is sure</source>
        <translation>模型在有把握处标注它们</translation>
    </message>
    <message>
        <source>{images} images, {share:.0%} of their pixels, are labelled by the model. No pixel is {missing}: a training will find that less.</source>
        <translation>{images} 张图像中 {share:.0%} 的像素由模型标注。没有像素是{missing}：训练会更少地找到它。</translation>
    </message>
    <message>
        <source>{images} images, {share:.0%} of their pixels, are labelled by the model; the rest is ignored. Labels by hand are not touched.</source>
        <translation>{images} 张图像中 {share:.0%} 的像素由模型标注；其余忽略。手工标注不受影响。</translation>
    </message>
    <message>
        <source>No model of the library knows exactly these classes.</source>
        <translation>模型库中没有恰好认识这些类别的模型。</translation>
    </message>
    <message>
        <source>A model labels them where it is sure. This one is not calibrated: its confidence may be too high.</source>
        <translation>模型在有把握处标注它们。该模型没有校准：其置信度可能过高。</translation>
    </message>
    <message>
        <source> or </source>
        <translation> 或 </translation>
    </message>
    <message>
        <source>from</source>
        <translation>置信度 ≥</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>{number} h</source>
        <translation>{number} 小时</translation>
    </message>
    <message>
        <source>{number} s per iteration, probed</source>
        <translation>每次迭代 {number} 秒，由试跑测得</translation>
    </message>
    <message>
        <source>{used} of {total} GB</source>
        <translation>{used} / {total} GB</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{seconds} min</source>
        <translation>{seconds} 分钟</translation>
    </message>
    <message>
        <source>Probe measures memory and time</source>
        <translation>试跑会测量内存和时间</translation>
    </message>
    <message>
        <source>– of {total} GB</source>
        <translation>– / {total} GB</translation>
    </message>
</context>
<context>
    <name>segdesk/gui/dialogs</name>
    <message>
        <source>{text}&#10;… the rest is not shown</source>
        <translation>{text}&#10;… 其余未显示</translation>
    </message>
    <message>
        <source>Run {name}?</source>
        <translation>运行 {name}？</translation>
    </message>
    <message>
        <source>{why} A Python config can do whatever you can do on this machine: read and delete files, or send them away. Run it only if you know where it comes from.</source>
        <translation>{why} Python 配置能做你在这台机器上能做的一切：读取和删除文件，或把它们发送出去。只有知道来源时才运行它。</translation>
    </message>
    <message>
        <source>Text of {name}</source>
        <translation>{name} 的文本</translation>
    </message>
    <message>
        <source>The file cannot be read: {reason}</source>
        <translation>文件无法读取：{reason}</translation>
    </message>
    <message>
        <source>The classes over the picture, as an H.264 film.</source>
        <translation>把类别叠加在图片上的 H.264 影片。</translation>
    </message>
    <message>
        <source>Picture and overlay side by side, as an H.264 film.</source>
        <translation>图片与叠加层并排的 H.264 影片。</translation>
    </message>
    <message>
        <source>The colours of the classes alone, as an H.264 film.</source>
        <translation>只有类别颜色的 H.264 影片。</translation>
    </message>
    <message>
        <source>A folder with the mask and the overlay of every frame, as PNG.</source>
        <translation>一个文件夹，含每一帧的掩码和叠加图（PNG）。</translation>
    </message>
    <message>
        <source>In to out</source>
        <translation>入点到出点</translation>
    </message>
    <message>
        <source>About {size}{took}. {model_name} predicts it.</source>
        <translation>约 {size}{took}。由 {model_name} 预测。</translation>
    </message>
    <message>
        <source>Keep the sound</source>
        <translation>保留声音</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>In to out, {start} to {end}</source>
        <translation>入点到出点，{start} 到 {end}</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>部分</translation>
    </message>
    <message numerus="yes">
        <source>Every {n}th frame</source>
        <extracomment>One: Every frame</extracomment>
        <translation><numerusform>每第 {n} 帧</numerusform></translation>
    </message>
    <message>
        <source>Smooth over</source>
        <translation>平滑范围</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标</translation>
    </message>
    <message numerus="yes">
        <source>Export {count} frames</source>
        <extracomment>One: Export 1 frame</extracomment>
        <translation><numerusform>导出 {count} 帧</numerusform></translation>
    </message>
    <message>
        <source>, {time}</source>
        <translation>，{time}</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>Whole video</source>
        <translation>整个视频</translation>
    </message>
    <message>
        <source>{frames} frames</source>
        <translation>{frames} 帧</translation>
    </message>
    <message>
        <source>1 frame</source>
        <translation>1 帧</translation>
    </message>
    <message>
        <source>Videos (*.mp4)</source>
        <translation>视频 (*.mp4)</translation>
    </message>
    <message>
        <source>{count} {form}</source>
        <translation>{count} {form}</translation>
    </message>
    <message>
        <source>{have} a mask.</source>
        <translation>{have}掩码。</translation>
    </message>
    <message>
        <source>The project file is written into {folder}.</source>
        <translation>项目文件写入 {folder}。</translation>
    </message>
    <message>
        <source>Where are the masks?</source>
        <translation>掩码在哪里？</translation>
    </message>
    <message>
        <source>Images and masks stay where they are. Masks are PNGs whose values are the classes; SegDesk writes into them when you paint.</source>
        <translation>图像和掩码留在原处。掩码是 PNG，其数值即类别；你绘制时 SegDesk 会写入其中。</translation>
    </message>
    <message>
        <source>Reading masks</source>
        <translation>正在读取掩码</translation>
    </message>
    <message>
        <source>Make project</source>
        <translation>建立项目</translation>
    </message>
    <message>
        <source>{pairs} of {total} images</source>
        <translation>{total} 张图像中的 {pairs} 张</translation>
    </message>
    <message>
        <source>Folder of masks</source>
        <translation>掩码文件夹</translation>
    </message>
    <message>
        <source>{have} none yet.</source>
        <translation>{have}尚无掩码。</translation>
    </message>
    <message>
        <source>{have} no image.</source>
        <translation>{have}没有图像。</translation>
    </message>
    <message>
        <source>the values of the masks</source>
        <translation>掩码的数值</translation>
    </message>
    <message>
        <source>class</source>
        <translation>个类别</translation>
    </message>
    <message>
        <source>classes</source>
        <translation>个类别</translation>
    </message>
    <message>
        <source>{count} {word}, from {source}.</source>
        <translation>{count} {word}，来自 {source}。</translation>
    </message>
    <message>
        <source>Choose folder of {kind}</source>
        <translation>选择{kind}文件夹</translation>
    </message>
    <message>
        <source>{image}  →  {mask}  ·  {pairs}</source>
        <translation>{image}  →  {mask}  ·  {pairs}</translation>
    </message>
    <message>
        <source>Rename them in the classes panel.</source>
        <translation>请在类别面板中重命名。</translation>
    </message>
    <message>
        <source>Not chosen</source>
        <translation>未选择</translation>
    </message>
    <message>
        <source>{found} of {whole}</source>
        <translation>{whole} 中的 {found}</translation>
    </message>
    <message>
        <source>Published models</source>
        <translation>已发布的模型</translation>
    </message>
    <message>
        <source>Search by name, data set or paper</source>
        <translation>按名称、数据集或论文搜索</translation>
    </message>
    <message>
        <source>Least mIoU</source>
        <translation>最低 mIoU</translation>
    </message>
    <message>
        <source>Largest size</source>
        <translation>最大体积</translation>
    </message>
    <message>
        <source>Runs here</source>
        <translation>可在本机运行</translation>
    </message>
    <message>
        <source>Any architecture</source>
        <translation>任意架构</translation>
    </message>
    <message>
        <source>Any data set</source>
        <translation>任意数据集</translation>
    </message>
    <message>
        <source>Clear filters</source>
        <translation>清除筛选</translation>
    </message>
    <message>
        <source>Reading the index</source>
        <translation>正在读取索引</translation>
    </message>
    <message>
        <source>It lists the published models.</source>
        <translation>其中列出已发布的模型。</translation>
    </message>
    <message>
        <source>Any mIoU</source>
        <translation>任意 mIoU</translation>
    </message>
    <message>
        <source>Up to {megabytes} MB</source>
        <translation>不超过 {megabytes} MB</translation>
    </message>
    <message>
        <source>No model found</source>
        <translation>没有找到模型</translation>
    </message>
    <message>
        <source>No published model meets all filters.</source>
        <translation>没有已发布的模型符合所有筛选条件。</translation>
    </message>
    <message>
        <source>Get</source>
        <translation>获取</translation>
    </message>
    <message>
        <source>Paper</source>
        <translation>论文</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>About the model</source>
        <translation>关于该模型</translation>
    </message>
    <message>
        <source>{text}: {name}</source>
        <translation>{text}：{name}</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>Get {megabytes}</source>
        <translation>获取 {megabytes}</translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source>Images (*.jpg *.jpeg *.png *.tif *.tiff *.webp *.bmp *.gif);;All files (*)</source>
        <translation>图像 (*.jpg *.jpeg *.png *.tif *.tiff *.webp *.bmp *.gif);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Models (*.pth *.pt *.onnx);;All files (*)</source>
        <translation>模型 (*.pth *.pt *.onnx);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Videos ({names});;All files (*)</source>
        <translation>视频 ({names});;所有文件 (*)</translation>
    </message>
    <message>
        <source>Config of {name}</source>
        <translation>{name} 的配置</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>左侧</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>右侧</translation>
    </message>
    <message>
        <source>Lower</source>
        <translation>下方</translation>
    </message>
    <message>
        <source>{names} panels</source>
        <translation>{names}面板</translation>
    </message>
    <message>
        <source>Move to the left</source>
        <translation>移到左侧</translation>
    </message>
    <message>
        <source>Move to the right</source>
        <translation>移到右侧</translation>
    </message>
    <message>
        <source>Move below the picture</source>
        <translation>移到图片下方</translation>
    </message>
    <message>
        <source>Unfold</source>
        <translation>展开</translation>
    </message>
    <message>
        <source>Fold</source>
        <translation>折叠</translation>
    </message>
    <message>
        <source>it is there</source>
        <translation>它已在那里</translation>
    </message>
    <message>
        <source>Close panel</source>
        <translation>关闭面板</translation>
    </message>
</context>
<context>
    <name>segdesk/gui/docks</name>
    <message>
        <source>Filter classes</source>
        <translation>筛选类别</translation>
    </message>
    <message>
        <source>No classes yet</source>
        <translation>还没有类别</translation>
    </message>
    <message>
        <source>Add the things you want to find, or take the class list of a model.</source>
        <translation>添加你想找的东西，或采用模型的类别列表。</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>已预测</translation>
    </message>
    <message>
        <source>{share} · {megapixels}</source>
        <translation>{share} · {megapixels}</translation>
    </message>
    <message>
        <source>Copied the classes as a table</source>
        <translation>已把类别复制为表格</translation>
    </message>
    <message>
        <source>Pixels, colours, copy.</source>
        <translation>像素、颜色、复制。</translation>
    </message>
    <message>
        <source>Nothing labelled yet</source>
        <translation>还没有标注</translation>
    </message>
    <message>
        <source>Labelled</source>
        <translation>已标注</translation>
    </message>
    <message>
        <source>Not predicted yet</source>
        <translation>尚未预测</translation>
    </message>
    <message>
        <source>Load model</source>
        <translation>加载模型</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Filter by name, class, size</source>
        <translation>按名称、类别、大小筛选</translation>
    </message>
    <message>
        <source>Clear filter</source>
        <translation>清除筛选</translation>
    </message>
    <message>
        <source>No file found</source>
        <translation>没有找到文件</translation>
    </message>
    <message>
        <source>No file fits all of the filters.</source>
        <translation>没有文件符合所有筛选条件。</translation>
    </message>
    <message>
        <source>{found} of {shown}</source>
        <translation>{found}/{shown}</translation>
    </message>
    <message>
        <source>Filters</source>
        <translation>筛选条件</translation>
    </message>
    <message>
        <source>No images yet</source>
        <translation>还没有图像</translation>
    </message>
    <message>
        <source>Open a folder, or drop images anywhere in this window.</source>
        <translation>打开文件夹，或把图像拖到窗口任意位置。</translation>
    </message>
    <message>
        <source>Copied the path</source>
        <translation>已复制路径</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Nothing done yet</source>
        <translation>还没有任何操作</translation>
    </message>
    <message>
        <source>Each stroke shows here. Click one to go back to it.</source>
        <translation>每一笔都会显示在这里。点击即可回到那一步。</translation>
    </message>
    <message>
        <source>it is not running</source>
        <translation>它没有在运行</translation>
    </message>
    <message>
        <source>it has said nothing</source>
        <translation>它还没有输出</translation>
    </message>
    <message>
        <source>Copy log</source>
        <translation>复制日志</translation>
    </message>
    <message>
        <source>no job has ended</source>
        <translation>没有已结束的任务</translation>
    </message>
    <message>
        <source>Clear ended</source>
        <translation>清除已结束的</translation>
    </message>
    <message>
        <source>Copied the list of jobs</source>
        <translation>已复制任务列表</translation>
    </message>
    <message>
        <source>Log of {title}</source>
        <translation>{title}的日志</translation>
    </message>
    <message>
        <source>Clear, log files.</source>
        <translation>清除、日志文件。</translation>
    </message>
    <message>
        <source>Nothing is running</source>
        <translation>没有正在运行的任务</translation>
    </message>
    <message>
        <source>Predictions, trainings and downloads show here, with their progress and log.</source>
        <translation>预测、训练和下载及其进度与日志会显示在这里。</translation>
    </message>
    <message>
        <source>Copied the log</source>
        <translation>已复制日志</translation>
    </message>
    <message>
        <source>Put the whole text on the clipboard.</source>
        <translation>把全文放到剪贴板。</translation>
    </message>
    <message>
        <source>it cannot be loaded yet</source>
        <translation>还不能加载</translation>
    </message>
    <message>
        <source>Auto: as measured for the model here, else fp32, the most exact.</source>
        <translation>自动：按此处对该模型测得的方式，否则用最精确的 fp32。</translation>
    </message>
    <message>
        <source>Filter models</source>
        <translation>筛选模型</translation>
    </message>
    <message>
        <source>No models yet</source>
        <translation>还没有模型</translation>
    </message>
    <message>
        <source>They come from a .pth file, a work_dir or the zoo.</source>
        <translation>模型来自 .pth 文件、work_dir 或 Zoo。</translation>
    </message>
    <message>
        <source>Load sample</source>
        <translation>加载示例</translation>
    </message>
    <message>
        <source>No model loaded</source>
        <translation>没有加载模型</translation>
    </message>
    <message>
        <source>The sample model is ready. Others come from a .pth file, a work_dir or the zoo.</source>
        <translation>示例模型已就绪。其他模型来自 .pth 文件、work_dir 或 Zoo。</translation>
    </message>
    <message>
        <source>Copied the list of models</source>
        <translation>已复制模型列表</translation>
    </message>
    <message>
        <source>Run on</source>
        <translation>运行设备</translation>
    </message>
    <message>
        <source>By name or state.</source>
        <translation>按名称或状态。</translation>
    </message>
    <message>
        <source>it comes with SegDesk</source>
        <translation>它随 SegDesk 提供</translation>
    </message>
    <message>
        <source>Where models are computed.</source>
        <translation>模型在哪里计算。</translation>
    </message>
    <message>
        <source>no card</source>
        <translation>没有模型卡</translation>
    </message>
    <message>
        <source>Add file</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Zoo</source>
        <translation>Zoo</translation>
    </message>
    <message>
        <source>What is reviewed</source>
        <translation>复核对象</translation>
    </message>
    <message>
        <source>Regions, best first</source>
        <translation>区域，最有用的在前</translation>
    </message>
    <message>
        <source>Images, best first</source>
        <translation>图像，最有用的在前</translation>
    </message>
    <message>
        <source>Ranking</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>Regions cost less of your time; images are labelled in whole.</source>
        <translation>区域花费你的时间更少；图像则整张标注。</translation>
    </message>
    <message>
        <source>Nothing is ranked yet</source>
        <translation>还没有排序</translation>
    </message>
    <message numerus="yes">
        <source>Copied {n} entries</source>
        <extracomment>One: Copied {n} entry</extracomment>
        <translation><numerusform>已复制 {n} 项</numerusform></translation>
    </message>
    <message>
        <source>Whose second opinion is asked.</source>
        <translation>询问谁的第二意见。</translation>
    </message>
    <message>
        <source>Ranking, {done} of {total}</source>
        <translation>正在排序，{done}/{total}</translation>
    </message>
    <message>
        <source>Looking for what helps most</source>
        <translation>正在寻找最有帮助的内容</translation>
    </message>
    <message>
        <source>Every image is predicted twice. You can work on meanwhile.</source>
        <translation>每张图像预测两次。期间可以继续工作。</translation>
    </message>
    <message>
        <source>Nothing is left in the queue</source>
        <translation>队列已空</translation>
    </message>
    <message>
        <source>Train again, load the new model, and rank anew.</source>
        <translation>再次训练，加载新模型，重新排序。</translation>
    </message>
    <message>
        <source>{why}.</source>
        <translation>{why}。</translation>
    </message>
    <message>
        <source>The loaded model finds the places where a look helps it most.</source>
        <translation>所加载的模型会找出看哪里最有帮助。</translation>
    </message>
    <message>
        <source>Compare with the mirrored image</source>
        <translation>与镜像图像比较</translation>
    </message>
    <message>
        <source>Compare with {name}</source>
        <translation>与 {name} 比较</translation>
    </message>
    <message>
        <source>No runs yet</source>
        <translation>还没有运行</translation>
    </message>
    <message>
        <source>Train a model on your labels, or open the folder of a training.</source>
        <translation>用你的标注训练模型，或打开一次训练的文件夹。</translation>
    </message>
    <message>
        <source>Reading the runs</source>
        <translation>正在读取运行</translation>
    </message>
    <message>
        <source>Their curves are read from their folders.</source>
        <translation>从其文件夹读取曲线。</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Filter runs</source>
        <translation>筛选运行</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>No other run</source>
        <translation>没有其他运行</translation>
    </message>
    <message>
        <source>Copied the list of runs</source>
        <translation>已复制运行列表</translation>
    </message>
    <message>
        <source>By name, state or architecture.</source>
        <translation>按名称、状态或架构。</translation>
    </message>
    <message>
        <source>New training</source>
        <translation>新训练</translation>
    </message>
    <message>
        <source>Open run</source>
        <translation>打开运行</translation>
    </message>
    <message>
        <source>Not split</source>
        <translation>未划分</translation>
    </message>
    <message>
        <source>Open image</source>
        <translation>打开图像</translation>
    </message>
    <message>
        <source>by hand</source>
        <translation>手工</translation>
    </message>
    <message>
        <source>imported</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>by a model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>{percent} {state}</source>
        <translation>{percent} {state}</translation>
    </message>
    <message>
        <source>How far the labels of this image are.</source>
        <translation>这张图像的标注进展。</translation>
    </message>
    <message>
        <source>Which part of the images it belongs to.</source>
        <translation>它属于哪个数据划分。</translation>
    </message>
    <message>
        <source>Shapes</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>No image</source>
        <translation>没有图像</translation>
    </message>
    <message>
        <source>Open one to see what is known of it.</source>
        <translation>打开一张即可查看其信息。</translation>
    </message>
    <message>
        <source>Made by</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Hand {percent}</source>
        <translation>手工 {percent}</translation>
    </message>
    <message>
        <source>Import {percent}</source>
        <translation>导入 {percent}</translation>
    </message>
    <message>
        <source>Nobody yet</source>
        <translation>还没有</translation>
    </message>
    <message>
        <source>Model {percent}</source>
        <translation>模型 {percent}</translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source>SegDesk was ended by a fault last time.</source>
        <translation>SegDesk 上次因故障而结束。</translation>
    </message>
    <message>
        <source>A library that it uses failed, or the system had no memory left. What you painted was kept: it is there when you open the images.</source>
        <translation>它使用的某个库出错，或系统内存耗尽。你绘制的内容已保留：打开图像即可看到。</translation>
    </message>
    <message>
        <source>SegDesk was closed after an error last time.</source>
        <translation>SegDesk 上次在出错后关闭。</translation>
    </message>
    <message>
        <source>What you painted was saved before.</source>
        <translation>你绘制的内容在此之前已保存。</translation>
    </message>
    <message>
        <source>No split</source>
        <translation>没有划分</translation>
    </message>
    <message>
        <source>To 1,000 px</source>
        <translation>不超过 1,000 px</translation>
    </message>
    <message>
        <source>To 4,000 px</source>
        <translation>不超过 4,000 px</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>更大</translation>
    </message>
    <message>
        <source>Class present</source>
        <translation>含有类别</translation>
    </message>
    <message>
        <source>Longer side, where known</source>
        <translation>较长边（已知时）</translation>
    </message>
    <message>
        <source>Sort</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>By name, status, size or date; folders stay together.</source>
        <translation>按名称、状态、大小或日期；文件夹保持在一起。</translation>
    </message>
    <message>
        <source>Open, split, import, export, next unlabelled.</source>
        <translation>打开、划分、导入、导出、下一张未标注。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>Predict this folder</source>
        <translation>预测该文件夹</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message numerus="yes">
        <source>{count} drafts</source>
        <extracomment>One: 1 draft</extracomment>
        <translation><numerusform>{count} 份草稿</numerusform></translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Unlabelled</source>
        <translation>未标注</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>复核</translation>
    </message>
    <message>
        <source>{done} of {total} done</source>
        <translation>已完成 {done}/{total}</translation>
    </message>
    <message>
        <source>{review} to review</source>
        <translation>{review} 张待复核</translation>
    </message>
    <message>
        <source>{left} left</source>
        <translation>剩余 {left}</translation>
    </message>
    <message>
        <source>No file that is {status} fits “{text}”.</source>
        <translation>没有状态为{status}且符合“{text}”的文件。</translation>
    </message>
    <message>
        <source>No file fits “{text}”.</source>
        <translation>没有文件符合“{text}”。</translation>
    </message>
    <message>
        <source>No file is {status}.</source>
        <translation>没有状态为{status}的文件。</translation>
    </message>
    <message>
        <source>It was turned upright, as the camera noted.</source>
        <translation>已按相机记录转正。</translation>
    </message>
    <message>
        <source>As it was read</source>
        <translation>按读取时的样子</translation>
    </message>
</context>
<context>
    <name>segdesk/gui/item_models</name>
    <message>
        <source>Image</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Done earlier</source>
        <translation>先前已完成</translation>
    </message>
    <message>
        <source>{words} · low confidence</source>
        <translation>{words} · 置信度低</translation>
    </message>
    <message>
        <source>{title} {text}</source>
        <translation>{title} {text}</translation>
    </message>
    <message>
        <source>Predicting</source>
        <translation>正在预测</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>{name} {share}</source>
        <translation>{name} {share}</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Images of the batch</source>
        <translation>批处理的图像</translation>
    </message>
    <message>
        <source>Index</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>Class {row}, {name}, {palette}</source>
        <translation>类别 {row}，{name}，{palette}</translation>
    </message>
    <message>
        <source>Name of class {row}</source>
        <translation>类别 {row} 的名称</translation>
    </message>
    <message>
        <source>not named yet</source>
        <translation>尚未命名</translation>
    </message>
    <message>
        <source>Type a name</source>
        <translation>输入名称</translation>
    </message>
    <message>
        <source>{name}, {share}</source>
        <translation>{name}，{share}</translation>
    </message>
    <message>
        <source>{words}, confidence {confidence}</source>
        <translation>{words}，置信度 {confidence}</translation>
    </message>
    <message>
        <source>{verb} {name} in the picture</source>
        <translation>在图片中{verb}{name}</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>占比</translation>
    </message>
    <message>
        <source>Conf.</source>
        <translation>置信</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>{verb} {name}. Alt+click shows it alone.</source>
        <translation>{verb}{name}。Alt+点击可单独显示。</translation>
    </message>
    <message>
        <source>{verb} {name}. Painting leaves a locked class alone.</source>
        <translation>{verb}{name}。绘制不会改动锁定的类别。</translation>
    </message>
    <message>
        <source>Double click to change the colour</source>
        <translation>双击可更改颜色</translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>Click to see numbers of pixels instead.</source>
        <translation>点击可改为显示像素数。</translation>
    </message>
    <message>
        <source>Draws the other classes again.</source>
        <translation>重新绘制其他类别。</translation>
    </message>
    <message>
        <source>Solo: {name}</source>
        <translation>单独显示：{name}</translation>
    </message>
    <message>
        <source>{name}: {pixels} px, {share}</source>
        <translation>{name}：{pixels} px，{share}</translation>
    </message>
    <message>
        <source>, mean confidence {confidence}</source>
        <translation>，平均置信度 {confidence}</translation>
    </message>
    <message>
        <source>confidence {confidence}</source>
        <translation>置信度 {confidence}</translation>
    </message>
    <message>
        <source>visible</source>
        <translation>可见</translation>
    </message>
    <message>
        <source>hidden</source>
        <translation>已隐藏</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>已锁定</translation>
    </message>
    <message>
        <source>{number} million</source>
        <translation>{number} 百万</translation>
    </message>
    <message>
        <source>{size} px</source>
        <translation>{size} px</translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation>主干网络</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Metrics</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Held-out images</source>
        <translation>留出的图像</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>Origin</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Error before</source>
        <translation>校准前误差</translation>
    </message>
    <message>
        <source>Error calibrated</source>
        <translation>校准后误差</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Measured on</source>
        <translation>测量数据</translation>
    </message>
    <message>
        <source>{data}: {pixels} pixels of {images} images</source>
        <translation>{data}：{images} 张图像的 {pixels} 个像素</translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation>约 {size}</translation>
    </message>
    <message>
        <source>{number} GB to train</source>
        <translation>训练需要 {number} GB</translation>
    </message>
    <message>
        <source>none makes it better</source>
        <translation>没有能使其更好的</translation>
    </message>
    <message>
        <source>Trained for</source>
        <translation>训练用途</translation>
    </message>
    <message>
        <source>Missing ops</source>
        <translation>缺少的算子</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Which</source>
        <translation>哪些</translation>
    </message>
    <message>
        <source>Added</source>
        <translation>添加于</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>{checkpoint}, {megabytes}</source>
        <translation>{checkpoint}，{megabytes}</translation>
    </message>
    <message>
        <source>{width} × {height}</source>
        <translation>{width} × {height}</translation>
    </message>
    <message>
        <source>{whole} s</source>
        <translation>{whole} 秒</translation>
    </message>
    <message>
        <source>{hours} h</source>
        <translation>{hours} 小时</translation>
    </message>
    <message>
        <source>{hours} h {rest} min</source>
        <translation>{hours} 小时 {rest} 分钟</translation>
    </message>
    <message>
        <source>{number} s</source>
        <translation>{number} 秒</translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes} 分钟</translation>
    </message>
    <message>
        <source>{minutes} min {rest} s</source>
        <translation>{minutes} 分 {rest} 秒</translation>
    </message>
    <message>
        <source>made by hand</source>
        <translation>手工制作</translation>
    </message>
    <message>
        <source>made by a model</source>
        <translation>由模型制作</translation>
    </message>
    <message>
        <source>made elsewhere, imported</source>
        <translation>在别处制作后导入</translation>
    </message>
    <message>
        <source>made by hand and by a model</source>
        <translation>手工和模型共同制作</translation>
    </message>
    <message>
        <source>made by {models}</source>
        <translation>由 {models} 制作</translation>
    </message>
    <message>
        <source>made by hand and by {models}</source>
        <translation>由手工和 {models} 制作</translation>
    </message>
    <message>
        <source>split {split}</source>
        <translation>划分 {split}</translation>
    </message>
    <message numerus="yes">
        <source>{count} files</source>
        <extracomment>One: 1 file</extracomment>
        <translation><numerusform>{count} 个文件</numerusform></translation>
    </message>
    <message>
        <source>{name}, {files}, {state}</source>
        <translation>{name}，{files}，{state}</translation>
    </message>
    <message>
        <source>{name}, {detail}{status}{failed}</source>
        <translation>{name}，{detail}{status}{failed}</translation>
    </message>
    <message>
        <source>{done} of {words} done</source>
        <translation>{words}中已完成 {done}</translation>
    </message>
    <message>
        <source>edited now</source>
        <translation>正在编辑</translation>
    </message>
    <message>
        <source>, {status}</source>
        <translation>，{status}</translation>
    </message>
    <message>
        <source>, not opened</source>
        <translation>，未能打开</translation>
    </message>
    <message>
        <source>proposal</source>
        <translation>建议</translation>
    </message>
    <message numerus="yes">
        <source>{days} days</source>
        <extracomment>One: 1 day</extracomment>
        <translation><numerusform>{days} 天</numerusform></translation>
    </message>
    <message>
        <source>now</source>
        <translation>刚刚</translation>
    </message>
    <message>
        <source>{seconds} h</source>
        <translation>{seconds} 小时</translation>
    </message>
    <message>
        <source>Older steps</source>
        <translation>更早的步骤</translation>
    </message>
    <message>
        <source>Opened</source>
        <translation>已打开</translation>
    </message>
    <message>
        <source>taken back</source>
        <translation>已撤回</translation>
    </message>
    <message>
        <source>In the files</source>
        <translation>文件中</translation>
    </message>
    <message>
        <source>Becomes</source>
        <translation>变为</translation>
    </message>
    <message>
        <source>{pixels} px</source>
        <translation>{pixels} px</translation>
    </message>
    <message>
        <source>{text} of the pixels</source>
        <translation>像素的 {text}</translation>
    </message>
    <message>
        <source>in {files} files</source>
        <translation>在 {files} 个文件中</translation>
    </message>
    <message>
        <source>becomes {target}</source>
        <translation>变为{target}</translation>
    </message>
    <message>
        <source>{done} of {whole}</source>
        <translation>{done}/{whole}</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done}/{total}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>Stopped · {kept}</source>
        <translation>已停止 · {kept}</translation>
    </message>
    <message>
        <source>Done · {took}</source>
        <translation>完成 · {took}</translation>
    </message>
    <message>
        <source>Working</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>Kept: {kept}</source>
        <translation>已保留：{kept}</translation>
    </message>
    <message>
        <source>after {took}</source>
        <translation>用时 {took}</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详细信息</translation>
    </message>
    <message>
        <source>Fold the log</source>
        <translation>折叠日志</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>显示日志</translation>
    </message>
    <message>
        <source>Unload</source>
        <translation>卸载</translation>
    </message>
    <message>
        <source>Fix</source>
        <translation>修复</translation>
    </message>
    <message>
        <source>{name}: {subtitle}</source>
        <translation>{name}：{subtitle}</translation>
    </message>
    <message>
        <source>{name} {subtitle}</source>
        <translation>{name} {subtitle}</translation>
    </message>
    <message>
        <source>{name}, {detail}</source>
        <translation>{name}，{detail}</translation>
    </message>
    <message>
        <source>Take it off the list</source>
        <translation>从列表中移除</translation>
    </message>
    <message>
        <source>Name of the new class</source>
        <translation>新类别的名称</translation>
    </message>
    <message>
        <source>{list}, last</source>
        <translation>{list}，最后</translation>
    </message>
    <message>
        <source>{title}, {why}, {score}, in {name}</source>
        <translation>{title}，{why}，{score}，在 {name} 中</translation>
    </message>
    <message>
        <source>opened mmseg work_dir</source>
        <translation>打开的 mmseg work_dir</translation>
    </message>
    <message>
        <source>taken out of the queue</source>
        <translation>已移出队列</translation>
    </message>
    <message>
        <source>stopped at {done}</source>
        <translation>停止于 {done}</translation>
    </message>
    <message>
        <source>waits to be started</source>
        <translation>等待启动</translation>
    </message>
    <message>
        <source>waits for this device</source>
        <translation>等待该设备</translation>
    </message>
    <message>
        <source>{words} · place {place}</source>
        <translation>{words} · 第 {place} 位</translation>
    </message>
    <message>
        <source>{day} {time}</source>
        <translation>{day} {time}</translation>
    </message>
    <message>
        <source>{day} {month}</source>
        <translation>{day} {month}</translation>
    </message>
    <message>
        <source>paused at {done}</source>
        <translation>暂停于 {done}</translation>
    </message>
    <message>
        <source>{done} of {total} · stopping</source>
        <translation>{done}/{total} · 正在停止</translation>
    </message>
    <message>
        <source>{done} · {when}</source>
        <translation>{done} · {when}</translation>
    </message>
    <message>
        <source> · can resume</source>
        <translation> · 可恢复</translation>
    </message>
    <message>
        <source>{title}: {subtitle}&#10;{folder}</source>
        <translation>{title}: {subtitle}&#10;{folder}</translation>
    </message>
    <message>
        <source>{title}, {state}, {subtitle}, {score}</source>
        <translation>{title}，{state}，{subtitle}，{score}</translation>
    </message>
    <message>
        <source>{words} · in another process</source>
        <translation>{words} · 在另一个进程中</translation>
    </message>
    <message>
        <source>{words} · {time} left</source>
        <translation>{words} · 剩余 {time}</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>{title} {subtitle}</source>
        <translation>{title} {subtitle}</translation>
    </message>
    <message>
        <source>Leave it alone on the picture; its pixels stay</source>
        <translation>在图片上不再可选中；其像素保留</translation>
    </message>
    <message>
        <source>Let it be taken hold of on the picture again</source>
        <translation>让它在图片上重新可选中</translation>
    </message>
    <message>
        <source>class {class_index}</source>
        <translation>类别 {class_index}</translation>
    </message>
    <message>
        <source>{kind}, {size} px</source>
        <translation>{kind}，{size} px</translation>
    </message>
    <message>
        <source>Not opened</source>
        <translation>未打开</translation>
    </message>
    <message>
        <source>Proposal</source>
        <translation>建议</translation>
    </message>
    <message>
        <source>In the library</source>
        <translation>在模型库中</translation>
    </message>
    <message>
        <source>Needs compiled ops</source>
        <translation>需要编译的算子</translation>
    </message>
    <message>
        <source>Needs a package</source>
        <translation>需要某个软件包</translation>
    </message>
    <message>
        <source>Cannot be used</source>
        <translation>无法使用</translation>
    </message>
    <message>
        <source>Compares models of one data set; each set has its own block.</source>
        <translation>比较同一数据集的模型；每个数据集各成一组。</translation>
    </message>
    <message>
        <source>Downloading{share}</source>
        <translation>正在下载{share}</translation>
    </message>
    <message>
        <source>{id}, {state}</source>
        <translation>{id}，{state}</translation>
    </message>
    <message>
        <source>can be downloaded</source>
        <translation>可以下载</translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source> · {done:,} of {total:,}</source>
        <translation> · {done:,}/{total:,}</translation>
    </message>
    <message>
        <source>{words} and {count} more</source>
        <translation>{words} 及另外 {count} 个</translation>
    </message>
    <message>
        <source> · {fraction:.0%}</source>
        <translation> · {fraction:.0%}</translation>
    </message>
    <message>
        <source> · {text}</source>
        <translation> · {text}</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>布局</translation>
    </message>
    <message>
        <source>Annotate</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>Open recent</source>
        <translation>最近打开</translation>
    </message>
    <message>
        <source>nothing yet</source>
        <translation>还没有</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Warnings and errors of this sitting are kept here.</source>
        <translation>本次使用的警告和错误会保留在这里。</translation>
    </message>
    <message>
        <source>Nothing was said yet</source>
        <translation>还没有消息</translation>
    </message>
    <message>
        <source>Diameter of the brush in pixels of the image.</source>
        <translation>画笔直径，以图像像素计。</translation>
    </message>
    <message>
        <source>Brush shape</source>
        <translation>画笔形状</translation>
    </message>
    <message>
        <source>Pen pressure</source>
        <translation>笔压</translation>
    </message>
    <message>
        <source>What is filled</source>
        <translation>填充什么</translation>
    </message>
    <message>
        <source>Tolerance</source>
        <translation>容差</translation>
    </message>
    <message>
        <source>How far a colour may differ from the clicked one.</source>
        <translation>颜色可与所点击的相差多少。</translation>
    </message>
    <message>
        <source>Connected only</source>
        <translation>仅相连</translation>
    </message>
    <message>
        <source>With shapes of the class</source>
        <translation>连同该类别的形状</translation>
    </message>
    <message>
        <source>Keep shape</source>
        <translation>保留形状</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Width of the line in pixels of the image.</source>
        <translation>线条宽度，以图像像素计。</translation>
    </message>
    <message>
        <source>Patch size</source>
        <translation>块大小</translation>
    </message>
    <message>
        <source>Side of a patch in pixels of the image.</source>
        <translation>块的边长，以图像像素计。</translation>
    </message>
    <message>
        <source>Compactness</source>
        <translation>紧凑度</translation>
    </message>
    <message>
        <source>Low follows colours, high makes even patches.</source>
        <translation>低则贴合颜色，高则块更均匀。</translation>
    </message>
    <message>
        <source>Width of a scribble in pixels of the image.</source>
        <translation>涂抹的宽度，以图像像素计。</translation>
    </message>
    <message>
        <source>Over how many pixels the result is smoothed.</source>
        <translation>结果在多少像素上平滑。</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>Use the model</source>
        <translation>利用模型</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>区域</translation>
    </message>
    <message>
        <source>Holes</source>
        <translation>孔洞</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Subtract</source>
        <translation>减去</translation>
    </message>
    <message>
        <source>Round brush</source>
        <translation>圆形画笔</translation>
    </message>
    <message>
        <source>Square brush</source>
        <translation>方形画笔</translation>
    </message>
    <message>
        <source>Prepare next {count}</source>
        <translation>预备后续 {count}</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Options bar</source>
        <translation>选项栏</translation>
    </message>
    <message>
        <source>Go to the batch, or predict one.</source>
        <translation>转到批处理，或新建一个。</translation>
    </message>
    <message>
        <source>What has no room.</source>
        <translation>放不下的内容。</translation>
    </message>
    <message>
        <source>{less} {more}</source>
        <translation>{less} {more}</translation>
    </message>
    <message>
        <source>How strongly the classes cover the picture. Double click resets.</source>
        <translation>类别覆盖图片的强度。双击可重置。</translation>
    </message>
    <message>
        <source>Overlay opacity</source>
        <translation>叠加层不透明度</translation>
    </message>
    <message>
        <source>Contour alone</source>
        <translation>仅轮廓</translation>
    </message>
    <message>
        <source>Fill alone</source>
        <translation>仅填充</translation>
    </message>
    <message>
        <source>Motion JPEG</source>
        <translation>Motion JPEG</translation>
    </message>
    <message>
        <source>{index} frames</source>
        <translation>{index} 帧</translation>
    </message>
    <message>
        <source>{when}, {time}, {split} split, {pixels} labelled</source>
        <translation>{when}，{time}，{split} 划分，{pixels} 个已标注像素</translation>
    </message>
    <message>
        <source>Evaluated {day} {clock}</source>
        <translation>评估于 {day} {clock}</translation>
    </message>
    <message>
        <source>{rate} fps</source>
        <translation>{rate} fps</translation>
    </message>
    <message>
        <source>Evaluated</source>
        <translation>评估于</translation>
    </message>
    <message>
        <source>Evaluated {clock}</source>
        <translation>评估于 {clock}</translation>
    </message>
    <message>
        <source>Run folder  {folder}</source>
        <translation>运行文件夹  {folder}</translation>
    </message>
    <message>
        <source>Output  {out_dir}</source>
        <translation>输出  {out_dir}</translation>
    </message>
</context>
<context>
    <name>segdesk/gui/pages</name>
    <message>
        <source>Low confidence</source>
        <translation>置信度低</translation>
    </message>
    <message>
        <source>Filter by name</source>
        <translation>按名称筛选</translation>
    </message>
    <message>
        <source>No image found</source>
        <translation>没有找到图像</translation>
    </message>
    <message>
        <source>No image fits the filter.</source>
        <translation>没有图像符合筛选条件。</translation>
    </message>
    <message>
        <source>No batch yet</source>
        <translation>还没有批处理</translation>
    </message>
    <message>
        <source>Predict a folder, the project or a list of images at once, or look at what an earlier batch wrote.</source>
        <translation>一次预测一个文件夹、项目或图像列表，或查看以前批处理写出的结果。</translation>
    </message>
    <message>
        <source>Show the image in its folder</source>
        <translation>在文件夹中显示该图像</translation>
    </message>
    <message>
        <source>What arrives in the folder is predicted, until you cancel</source>
        <translation>到达该文件夹的图像都会被预测，直到你取消</translation>
    </message>
    <message>
        <source>If it is stopped, it goes on from here: finished images are skipped</source>
        <translation>若停止，会从这里继续：已完成的图像会跳过</translation>
    </message>
    <message>
        <source>{done} of {rows} predicted</source>
        <translation>已预测 {done}/{rows}</translation>
    </message>
    <message>
        <source>{number} images/s</source>
        <translation>{number} 张/秒</translation>
    </message>
    <message>
        <source>{words} · {failed} failed</source>
        <translation>{words} · {failed} 张失败</translation>
    </message>
    <message>
        <source>{number} images/min</source>
        <translation>{number} 张/分</translation>
    </message>
    <message>
        <source>“Go on” predicts the rest</source>
        <translation>“继续”会预测其余的</translation>
    </message>
    <message>
        <source>Read from {out_dir}</source>
        <translation>读取自 {out_dir}</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Try failed again</source>
        <translation>重试失败的</translation>
    </message>
    <message>
        <source>Progress of the batch</source>
        <translation>批处理进度</translation>
    </message>
    <message>
        <source>{done} predicted · waiting for more images</source>
        <translation>已预测 {done} · 等待更多图像</translation>
    </message>
    <message>
        <source>{words} · the model is being loaded</source>
        <translation>{words} · 正在加载模型</translation>
    </message>
    <message>
        <source>{words} · paused</source>
        <translation>{words} · 已暂停</translation>
    </message>
    <message>
        <source>{words} · stopping after the images at work</source>
        <translation>{words} · 处理完当前图像后停止</translation>
    </message>
    <message>
        <source>{words} · stopped</source>
        <translation>{words} · 已停止</translation>
    </message>
    <message>
        <source>{ended} · {took}</source>
        <translation>{ended} · {took}</translation>
    </message>
    <message>
        <source>{exact} left</source>
        <translation>剩余 {exact}</translation>
    </message>
    <message>
        <source>Side</source>
        <translation>边</translation>
    </message>
    <message>
        <source>{name}, {size}</source>
        <translation>{name}，{size}</translation>
    </message>
    <message>
        <source>{path}&#10;Click to show it in its folder</source>
        <translation>{path}&#10;点击可在文件夹中显示</translation>
    </message>
    <message>
        <source>Classes of the image</source>
        <translation>图像的类别</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>写出的内容</translation>
    </message>
    <message>
        <source>Open {count} as draft annotations</source>
        <translation>把 {count} 作为草稿标注打开</translation>
    </message>
    <message>
        <source>No image chosen</source>
        <translation>没有选择图像</translation>
    </message>
    <message>
        <source>Choose an image of the table</source>
        <translation>请在表格中选择一张图像</translation>
    </message>
    <message>
        <source>The image cannot be read</source>
        <translation>图像无法读取</translation>
    </message>
    <message>
        <source>{looks} was not written</source>
        <translation>{looks}没有写出</translation>
    </message>
    <message>
        <source>Per class</source>
        <translation>按类别</translation>
    </message>
    <message>
        <source>Shares of the confusion matrix</source>
        <translation>混淆矩阵的比例</translation>
    </message>
    <message>
        <source>Nothing is evaluated yet</source>
        <translation>还没有评估</translation>
    </message>
    <message>
        <source>Choose a model and a split of labelled images. Every image is predicted and compared with its labels.</source>
        <translation>选择一个模型和一个已标注图像的划分。每张图像都会被预测并与其标注比较。</translation>
    </message>
    <message>
        <source>Confusion</source>
        <translation>混淆</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>按行</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>按列</translation>
    </message>
    <message>
        <source>{count}{more} {regions} · {pixels}{more} px · largest first</source>
        <translation>{count}{more} {regions} · {pixels}{more} px · 最大的在前</translation>
    </message>
    <message>
        <source>other classes</source>
        <translation>其他类别</translation>
    </message>
    <message>
        <source>is recognized here</source>
        <translation>在此处被识别</translation>
    </message>
    <message>
        <source>predicted as</source>
        <translation>被预测为</translation>
    </message>
    <message>
        <source>n/a: not in this split</source>
        <translation>n/a：该划分中没有</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>Pixel accuracy</source>
        <translation>像素准确率</translation>
    </message>
    <message>
        <source>Mean accuracy</source>
        <translation>平均准确率</translation>
    </message>
    <message>
        <source>Calibration error</source>
        <translation>校准误差</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>end to end</source>
        <translation>端到端</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>指标</translation>
    </message>
    <message>
        <source> to {other_name}</source>
        <translation> 对 {other_name}</translation>
    </message>
    <message>
        <source>{number} img/s</source>
        <translation>{number} 张/秒</translation>
    </message>
    <message>
        <source>Measure another model on the same images; the list says which is better.</source>
        <translation>在相同图像上评测另一个模型；列表会显示哪个更好。</translation>
    </message>
    <message>
        <source>One page with numbers and pictures, to keep or to send.</source>
        <translation>一页含数字和图片的报告，可保存或发送。</translation>
    </message>
    <message>
        <source>Evaluating 0,000 of 0,000 images · mean IoU so far 00.0 · 00 min left</source>
        <translation>正在评估 0,000 / 0,000 张图像 · 目前平均 IoU 00.0 · 剩余 00 分钟</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>No labelled split</source>
        <translation>没有已标注的划分</translation>
    </message>
    <message>
        <source>Add model to compare</source>
        <translation>添加模型以比较</translation>
    </message>
    <message>
        <source>Every model of the library is here</source>
        <translation>模型库中的所有模型都在这里</translation>
    </message>
    <message>
        <source>Evaluating {counts} images</source>
        <translation>正在评估 {counts} 张图像</translation>
    </message>
    <message>
        <source>The model that is measured.</source>
        <translation>被评测的模型。</translation>
    </message>
    <message>
        <source>The labelled images that it is measured on.</source>
        <translation>用来评测的已标注图像。</translation>
    </message>
    <message>
        <source>on</source>
        <comment>a split</comment>
        <translation>用于</translation>
    </message>
    <message>
        <source>{split}, {images}</source>
        <translation>{split}，{images}</translation>
    </message>
    <message>
        <source>Loading {name}</source>
        <translation>正在加载 {name}</translation>
    </message>
    <message>
        <source>mean IoU so far {number}</source>
        <translation>目前平均 IoU {number}</translation>
    </message>
    <message>
        <source>{names} {number}</source>
        <translation>{names} {number}</translation>
    </message>
    <message>
        <source>Nothing is labelled</source>
        <translation>没有任何标注</translation>
    </message>
    <message>
        <source>Acc {percent}</source>
        <translation>Acc {percent}</translation>
    </message>
    <message>
        <source>Dice {percent}</source>
        <translation>Dice {percent}</translation>
    </message>
    <message>
        <source>{truth} predicted as {said}, {number}%</source>
        <translation>{truth}被预测为{said}，{number}%</translation>
    </message>
    <message>
        <source>{name}, regions {counts}, {medians}</source>
        <translation>{name}，区域 {counts}，{medians}</translation>
    </message>
    <message>
        <source>fg {percent}</source>
        <translation>前景 {percent}</translation>
    </message>
    <message>
        <source>Other classes</source>
        <translation>其他类别</translation>
    </message>
    <message>
        <source>rows: truth, in % of the pixels of that class</source>
        <translation>行：真值，占该类别像素的百分比</translation>
    </message>
    <message>
        <source>columns: prediction, in % of the pixels taken for that class</source>
        <translation>列：预测，占被判为该类别像素的百分比</translation>
    </message>
    <message>
        <source>rows: truth, columns: prediction, in pixels</source>
        <translation>行：真值，列：预测，以像素计</translation>
    </message>
    <message>
        <source>{truth} {verb} {said}: {share}{unit}, {count} px</source>
        <translation>{truth}{verb}{said}：{share}{unit}，{count} px</translation>
    </message>
    <message>
        <source>{number} k</source>
        <translation>{number} k</translation>
    </message>
    <message>
        <source>Confusion matrix</source>
        <translation>混淆矩阵</translation>
    </message>
    <message>
        <source>recognized as</source>
        <translation>被识别为</translation>
    </message>
    <message>
        <source>Reliability</source>
        <translation>可靠性</translation>
    </message>
    <message>
        <source>Images by mIoU</source>
        <translation>图像按 mIoU 分布</translation>
    </message>
    <message>
        <source>Plot below the classes</source>
        <translation>类别下方的图</translation>
    </message>
    <message>
        <source>calibrated</source>
        <translation>已校准</translation>
    </message>
    <message>
        <source>not calibrated</source>
        <translation>未校准</translation>
    </message>
    <message>
        <source>bars: accuracy, off by {percent}</source>
        <translation>柱：准确率，偏差 {percent}</translation>
    </message>
    <message>
        <source>line: {name}</source>
        <translation>线：{name}</translation>
    </message>
    <message>
        <source>Evaluate again to measure confidence</source>
        <translation>请重新评估以测量置信度</translation>
    </message>
    <message>
        <source>{named}, {percent}</source>
        <translation>{named}，{percent}</translation>
    </message>
    <message>
        <source>Worst images</source>
        <translation>最差的图像</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Sizes</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Truth</source>
        <translation>真值</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>Truth → prediction</source>
        <translation>真值 → 预测</translation>
    </message>
    <message>
        <source>of the class</source>
        <translation>占该类别</translation>
    </message>
    <message>
        <source>regions: true → predicted</source>
        <translation>区域数：真值 → 预测</translation>
    </message>
    <message>
        <source>Beside the evaluation</source>
        <translation>评估旁边的内容</translation>
    </message>
    <message>
        <source>Largest errors</source>
        <translation>最大的错误</translation>
    </message>
    <message>
        <source>Regions by class</source>
        <translation>各类别的区域</translation>
    </message>
    <message>
        <source>Models side by side</source>
        <translation>并排比较模型</translation>
    </message>
    <message>
        <source>{truth} → {said}</source>
        <translation>{truth} → {said}</translation>
    </message>
    <message>
        <source>median {truth} → {said} px</source>
        <translation>中位数 {truth} → {said} px</translation>
    </message>
    <message>
        <source>dashed: mean of the images, {number}</source>
        <translation>虚线：各图像的平均，{number}</translation>
    </message>
    <message>
        <source>{poor} of {counts} images are below 50</source>
        <translation>{counts} 张图像中有 {poor} 张低于 50</translation>
    </message>
    <message>
        <source>Truth kept</source>
        <translation>保留真值</translation>
    </message>
    <message>
        <source>Model taken</source>
        <translation>采用模型</translation>
    </message>
    <message>
        <source>Painted</source>
        <translation>已绘制</translation>
    </message>
    <message>
        <source>{area} px</source>
        <translation>{area} px</translation>
    </message>
    <message>
        <source>Regions of the confusion</source>
        <translation>该混淆的区域</translation>
    </message>
    <message>
        <source>Looking for the regions</source>
        <translation>正在查找区域</translation>
    </message>
    <message>
        <source>{name}, {area} px, region {place} of {regions}</source>
        <translation>{name}，{area} px，{regions} 个区域中的第 {place} 个</translation>
    </message>
    <message>
        <source>Choose an error of the matrix to see where it is made</source>
        <translation>在矩阵中选择一种错误，查看它出现在哪里</translation>
    </message>
    <message>
        <source>No region: these two classes are never taken for each other here</source>
        <translation>没有区域：这里这两个类别从未被混淆</translation>
    </message>
    <message>
        <source>Wrote the plots to {name}</source>
        <translation>图已写入 {name}</translation>
    </message>
    <message>
        <source>No run to show</source>
        <translation>没有可显示的运行</translation>
    </message>
    <message>
        <source>Train a model on your labels and watch it here, or open the folder of an earlier training.</source>
        <translation>用你的标注训练模型并在此观看，或打开以前训练的文件夹。</translation>
    </message>
    <message>
        <source>The picture was not written.</source>
        <translation>图片没有写出。</translation>
    </message>
    <message>
        <source>{path} cannot be written.</source>
        <translation>{path} 无法写入。</translation>
    </message>
    <message>
        <source>{value} {note}</source>
        <translation>{value} {note}</translation>
    </message>
    <message>
        <source>Progress of the run</source>
        <translation>运行进度</translation>
    </message>
    <message>
        <source>{iteration} of {total}</source>
        <translation>{iteration} / {total}</translation>
    </message>
    <message>
        <source>Iteration {done} of {total}</source>
        <translation>迭代 {done} / {total}</translation>
    </message>
    <message>
        <source>{images} images</source>
        <translation>{images} 张图像</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>种子 {seed}</translation>
    </message>
    <message>
        <source>Waits until you start it</source>
        <translation>等待你启动</translation>
    </message>
    <message>
        <source>{words} · stopping{after}</source>
        <translation>{words} · 正在停止{after}</translation>
    </message>
    <message>
        <source>{words} · {ending}{kept}</source>
        <translation>{words} · {ending}{kept}</translation>
    </message>
    <message>
        <source>{words} · next validation in {left}</source>
        <translation>{words} · {left} 次后验证</translation>
    </message>
    <message>
        <source>{number} it/s</source>
        <translation>{number} 次/秒</translation>
    </message>
    <message>
        <source>Extend</source>
        <translation>延长</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Predict with best</source>
        <translation>用最佳权重预测</translation>
    </message>
    <message>
        <source>trained by mmseg itself</source>
        <translation>由 mmseg 自身训练</translation>
    </message>
    <message>
        <source>Validation loss</source>
        <translation>验证损失</translation>
    </message>
    <message>
        <source>of {number}</source>
        <translation>共 {number}</translation>
    </message>
    <message>
        <source>Waits until its device is free</source>
        <translation>等待其设备空闲</translation>
    </message>
    <message>
        <source>{words} · {before} before it</source>
        <translation>{words} · 前面还有 {before} 个</translation>
    </message>
    <message>
        <source>{words} · {stage}</source>
        <translation>{words} · {stage}</translation>
    </message>
    <message>
        <source> after this iteration</source>
        <translation>（本次迭代之后）</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source> · {kept}</source>
        <translation> · {kept}</translation>
    </message>
    <message>
        <source>{time} so far</source>
        <translation>已用 {time}</translation>
    </message>
    <message>
        <source>{number} s/it</source>
        <translation>{number} 秒/次</translation>
    </message>
    <message>
        <source>Extend, fine-tune, …</source>
        <translation>延长、微调…</translation>
    </message>
    <message>
        <source>ready at {ready:%H:%M}</source>
        <translation>预计 {ready:%H:%M} 完成</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Leave queue</source>
        <translation>离开队列</translation>
    </message>
    <message numerus="yes">
        <source>{n} fixed images, after each validation</source>
        <extracomment>One: {n} fixed image, after each validation</extracomment>
        <translation><numerusform>{n} 张固定图像，每次验证之后</numerusform></translation>
    </message>
    <message>
        <source>Validation images</source>
        <translation>验证图像</translation>
    </message>
    <message>
        <source>Iteration of the validation images</source>
        <translation>验证图像的迭代</translation>
    </message>
    <message>
        <source>What is shown</source>
        <translation>显示什么</translation>
    </message>
    <message>
        <source>{first}–{last} of {words}</source>
        <translation>{words}中的第 {first}–{last} 张</translation>
    </message>
    <message>
        <source>Iteration {iteration}</source>
        <translation>迭代 {iteration}</translation>
    </message>
    <message>
        <source>{name}: truth and {other}</source>
        <translation>{name}：真值和{other}</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Show one after another.</source>
        <translation>依次显示。</translation>
    </message>
    <message>
        <source>Images before</source>
        <translation>前面的图像</translation>
    </message>
    <message>
        <source>More images</source>
        <translation>更多图像</translation>
    </message>
    <message>
        <source>The picture cannot be read</source>
        <translation>图片无法读取</translation>
    </message>
    <message>
        <source>Log of the run</source>
        <translation>运行日志</translation>
    </message>
    <message>
        <source>The last 1,000 lines.</source>
        <translation>最后 1,000 行。</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Nothing said yet</source>
        <translation>还没有输出</translation>
    </message>
    <message>
        <source>The memory ran out; the run goes on with less.</source>
        <translation>内存不足；运行以更小的配置继续。</translation>
    </message>
    <message>
        <source>The memory ran out; the run went on with less.</source>
        <translation>内存曾不足；运行以更小的配置继续了。</translation>
    </message>
    <message>
        <source>Checking this machine…</source>
        <translation>正在检查这台机器…</translation>
    </message>
    <message>
        <source>This machine was not checked</source>
        <translation>这台机器没有检查</translation>
    </message>
    <message numerus="yes">
        <source>{n} threads</source>
        <extracomment>One: {n} thread</extracomment>
        <translation><numerusform>{n} 个线程</numerusform></translation>
    </message>
    <message>
        <source>No GPU found: models run on the processor</source>
        <translation>没有找到 GPU：模型在处理器上运行</translation>
    </message>
    <message>
        <source>PyTorch {torch}</source>
        <translation>PyTorch {torch}</translation>
    </message>
    <message>
        <source>Models run on the processor.</source>
        <translation>模型在处理器上运行。</translation>
    </message>
    <message>
        <source>PyTorch found no GPU it can use. Predictions are the same, but a large model takes seconds for an image where a GPU takes a fraction of one.</source>
        <translation>PyTorch 没有找到可用的 GPU。预测结果相同，但大模型处理一张图像需要数秒，而 GPU 只需零点几秒。</translation>
    </message>
    <message>
        <source>With an NVIDIA card: install its driver and the CUDA build of PyTorch, then check again.</source>
        <translation>若有 NVIDIA 显卡：安装其驱动和 CUDA 版 PyTorch，然后重新检查。</translation>
    </message>
    <message>
        <source>What this means</source>
        <translation>这意味着什么</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>重新检查</translation>
    </message>
    <message>
        <source>{name}: models run on the GPU</source>
        <translation>{name}：模型在 GPU 上运行</translation>
    </message>
    <message>
        <source>{dropped} dropped</source>
        <translation>丢弃 {dropped}</translation>
    </message>
    <message>
        <source>No video yet</source>
        <translation>还没有视频</translation>
    </message>
    <message>
        <source>Open a video, or drop one here, to play it with what a model says of it.</source>
        <translation>打开视频或把它拖到这里，即可播放并显示模型的结果。</translation>
    </message>
    <message>
        <source>Reconnecting</source>
        <translation>正在重新连接</translation>
    </message>
    <message>
        <source>Live  {fps} fps</source>
        <translation>实时  {fps} fps</translation>
    </message>
    <message>
        <source>Predict each frame that is shown; late frames are dropped.</source>
        <translation>预测显示的每一帧；来不及的帧会丢弃。</translation>
    </message>
    <message>
        <source>With classes</source>
        <translation>带类别</translation>
    </message>
    <message>
        <source>Shares of the last minute</source>
        <translation>最近一分钟的占比</translation>
    </message>
    <message>
        <source>Shares</source>
        <translation>占比</translation>
    </message>
    <message>
        <source>What is recorded</source>
        <translation>录制什么</translation>
    </message>
    <message>
        <source>{clock}   {size}</source>
        <translation>{clock}   {size}</translation>
    </message>
    <message>
        <source>−{ago} s</source>
        <translation>−{ago} 秒</translation>
    </message>
    <message>
        <source>Nothing predicted yet</source>
        <translation>还没有预测</translation>
    </message>
    <message>
        <source>Stop recording</source>
        <translation>停止录制</translation>
    </message>
    <message>
        <source>No picture for {silent_s:.0f} s</source>
        <translation>{silent_s:.0f} 秒没有画面</translation>
    </message>
    <message>
        <source>Held</source>
        <translation>已停住</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>正在连接</translation>
    </message>
    <message>
        <source>, tried {count} times</source>
        <translation>，已尝试 {count} 次</translation>
    </message>
    <message>
        <source>Reconnecting{tried}</source>
        <translation>正在重新连接{tried}</translation>
    </message>
    <message>
        <source>Disconnected</source>
        <translation>已断开</translation>
    </message>
    <message>
        <source>Class 0</source>
        <translation>类别 0</translation>
    </message>
    <message>
        <source>{number} ms</source>
        <translation>{number} 毫秒</translation>
    </message>
    <message>
        <source>{number} of {whole}</source>
        <translation>{whole} 中的 {number}</translation>
    </message>
    <message>
        <source>Classes and live prediction</source>
        <translation>类别与实时预测</translation>
    </message>
    <message>
        <source>Classes of the frame</source>
        <translation>该帧的类别</translation>
    </message>
    <message>
        <source>Frames per second</source>
        <translation>每秒帧数</translation>
    </message>
    <message>
        <source>Decode</source>
        <translation>解码</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Label images, train a model, let it label the rest, correct it. On this machine.</source>
        <translation>标注图像，训练模型，让它标注其余部分，再修正。就在这台机器上。</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>欢迎</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Cleared the recent list</source>
        <translation>已清除最近列表</translation>
    </message>
    <message>
        <source>Removed {name} from recent</source>
        <translation>已把 {name} 从最近列表移除</translation>
    </message>
    <message>
        <source>SegDesk. {slogan}</source>
        <translation>SegDesk。{slogan}</translation>
    </message>
    <message>
        <source>A small trained model and twenty microscope pictures. Nothing to download.</source>
        <translation>一个训练好的小模型和二十张显微图片，无需下载。</translation>
    </message>
    <message>
        <source>Open my images</source>
        <translation>打开我的图像</translation>
    </message>
    <message>
        <source>A folder, files or a video. What is already labelled is found and read.</source>
        <translation>文件夹、文件或视频。已有标注会被找到并读取。</translation>
    </message>
    <message>
        <source>Open an mmseg work_dir</source>
        <translation>打开 mmseg work_dir</translation>
    </message>
    <message>
        <source>See its curves, predict with its best checkpoint, go on training.</source>
        <translation>查看其曲线，用最佳检查点预测，继续训练。</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近</translation>
    </message>
    <message>
        <source>{day} {month}{year}</source>
        <translation>{day} {month}{year}</translation>
    </message>
    <message numerus="yes">
        <source>{n:,} frames</source>
        <extracomment>One: {n} frame</extracomment>
        <translation><numerusform>{n:,} 帧</numerusform></translation>
    </message>
    <message>
        <source>today {time:%H:%M}</source>
        <translation>今天 {time:%H:%M}</translation>
    </message>
    <message>
        <source>{name}, {count_words}</source>
        <translation>{name}，{count_words}</translation>
    </message>
    <message>
        <source>Remove from recent</source>
        <translation>从最近列表移除</translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source>{fitting:,} of {of}</source>
        <translation>{of}中的 {fitting:,} 个</translation>
    </message>
    <message>
        <source>{count:,} {noun}</source>
        <translation>{count:,} {noun}</translation>
    </message>
    <message>
        <source>{rows:,} of {total}</source>
        <translation>{total}中的 {rows:,} 个</translation>
    </message>
    <message>
        <source>first {rows}</source>
        <translation>前 {rows} 个</translation>
    </message>
    <message>
        <source>{shown} of {total}</source>
        <translation>{total}中的 {shown} 个</translation>
    </message>
    <message>
        <source>command</source>
        <translation>个命令</translation>
    </message>
    <message>
        <source>commands</source>
        <translation>个命令</translation>
    </message>
    <message>
        <source>Best matches</source>
        <translation>最佳匹配</translation>
    </message>
    <message>
        <source>Also</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>All commands</source>
        <translation>所有命令</translation>
    </message>
</context>
<context>
    <name>segdesk/gui/plots</name>
    <message>
        <source>{name}  {number}</source>
        <translation>{name}  {number}</translation>
    </message>
    <message>
        <source>Show another curve</source>
        <translation>显示另一条曲线</translation>
    </message>
    <message>
        <source>What this plot shows.</source>
        <translation>这幅图显示什么。</translation>
    </message>
    <message>
        <source>{name} {value}</source>
        <translation>{name} {value}</translation>
    </message>
    <message>
        <source>Loss {loss} at {iteration}</source>
        <translation>{iteration} 处损失 {loss}</translation>
    </message>
    <message>
        <source>mIoU {miou} at {iteration}</source>
        <translation>{iteration} 处 mIoU {miou}</translation>
    </message>
    <message>
        <source>IoU per class: {classes}</source>
        <translation>各类别 IoU：{classes}</translation>
    </message>
    <message>
        <source>Seconds per iteration {value}</source>
        <translation>每次迭代秒数 {value}</translation>
    </message>
    <message>
        <source>Parts of the loss</source>
        <translation>损失的各部分</translation>
    </message>
    <message>
        <source>Seconds per iteration</source>
        <translation>每次迭代秒数</translation>
    </message>
    <message>
        <source>not in this split: {classes}</source>
        <translation>该划分中没有：{classes}</translation>
    </message>
    <message>
        <source>IoU per class</source>
        <translation>各类别 IoU</translation>
    </message>
    <message>
        <source>this run</source>
        <translation>本次运行</translation>
    </message>
    <message>
        <source>on validation</source>
        <translation>在验证集上</translation>
    </message>
    <message>
        <source>not recorded</source>
        <translation>未记录</translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Learning rate {value}</source>
        <translation>学习率 {value}</translation>
    </message>
    <message>
        <source>Memory {value}</source>
        <translation>内存 {value}</translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source>Then click a region. Shift+click does it with the hand, bucket and wand.</source>
        <translation>然后点击一个区域。用抓手、油漆桶和魔棒时按 Shift+点击。</translation>
    </message>
    <message>
        <source>Then draw round regions. With hand, bucket and wand, Shift+drag.</source>
        <translation>然后围着区域画。用抓手、油漆桶和魔棒时按 Shift+拖动。</translation>
    </message>
    <message>
        <source>Lasso</source>
        <translation>套索</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>拒绝</translation>
    </message>
    <message>
        <source>Less sure pixels are left out.</source>
        <translation>把握较低的像素不采纳。</translation>
    </message>
    <message>
        <source>Accept by lasso</source>
        <translation>用套索接受</translation>
    </message>
    <message>
        <source>From confidence {confidence}</source>
        <translation>从置信度 {confidence} 起</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>已接受</translation>
    </message>
    <message>
        <source>from {confidence} on</source>
        <translation>从 {confidence} 起</translation>
    </message>
    <message>
        <source>{widest_count} regions</source>
        <translation>{widest_count} 个区域</translation>
    </message>
    <message>
        <source>mean {confidence}</source>
        <translation>平均 {confidence}</translation>
    </message>
    <message numerus="yes">
        <source>{total} regions</source>
        <extracomment>One: 1 region</extracomment>
        <translation><numerusform>{total} 个区域</numerusform></translation>
    </message>
    <message>
        <source>mean {mean}</source>
        <translation>平均 {mean}</translation>
    </message>
    <message>
        <source> – {percent:.0f} %</source>
        <translation> – {percent:.0f} %</translation>
    </message>
    <message>
        <source>{before} → {after}</source>
        <translation>{before} → {after}</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>接受</translation>
    </message>
    <message>
        <source>Correct</source>
        <translation>修正</translation>
    </message>
    <message>
        <source>{worked} of {goal} reviewed</source>
        <translation>已复核 {worked} / {goal}</translation>
    </message>
    <message>
        <source>{accept} accepts, {skip} skips. {correct} corrects, {done} goes on.</source>
        <translation>{accept} 接受，{skip} 跳过。{correct} 修正，{done} 继续。</translation>
    </message>
    <message>
        <source>{done} of {goal} reviewed</source>
        <translation>已复核 {done} / {goal}</translation>
    </message>
    <message>
        <source>Measuring what it was worth</source>
        <translation>正在测量收获</translation>
    </message>
    <message>
        <source>On the validation images: {name}</source>
        <translation>在验证图像上：{name}</translation>
    </message>
    <message>
        <source>Mean IoU</source>
        <translation>平均 IoU</translation>
    </message>
    <message>
        <source>train again now</source>
        <translation>现在再次训练</translation>
    </message>
    <message>
        <source>then train again</source>
        <translation>然后再次训练</translation>
    </message>
    <message>
        <source>What a stroke may replace.</source>
        <translation>一笔可以替换什么。</translation>
    </message>
    <message>
        <source>Only {name}</source>
        <translation>仅{name}</translation>
    </message>
    <message>
        <source>The next start is as on the first day; kept {names}</source>
        <translation>下次启动如同第一天；已保留 {names}</translation>
    </message>
    <message>
        <source>This is safe mode.</source>
        <translation>这是安全模式。</translation>
    </message>
    <message>
        <source>SegDesk runs with default settings and keys, and without the layout, the model and the engine of the last sitting. What you change in the settings is not kept; images and annotations are as always.</source>
        <translation>SegDesk 以默认设置和快捷键运行，不使用上次的布局、模型和引擎。你在设置中的更改不会保留；图像和标注照常。</translation>
    </message>
    <message>
        <source>Close it and start SegDesk as usual, or reset what it began with.</source>
        <translation>关闭后照常启动 SegDesk，或重置它启动时使用的设置。</translation>
    </message>
    <message>
        <source>Show the folder</source>
        <translation>显示该文件夹</translation>
    </message>
    <message>
        <source>Not saved yet</source>
        <translation>尚未保存</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>正在保存</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>Annotations are written by themselves after each pause.</source>
        <translation>每次停顿后标注会自动写入。</translation>
    </message>
    <message>
        <source>Saved now</source>
        <translation>刚刚保存</translation>
    </message>
    <message>
        <source>Saved {past} ago</source>
        <translation>{past} 前已保存</translation>
    </message>
    <message>
        <source>Nothing to save</source>
        <translation>没有需要保存的内容</translation>
    </message>
    <message>
        <source>{key} is wanted by “{one}” and “{other}”.</source>
        <translation>“{one}”和“{other}”都要使用 {key}。</translation>
    </message>
    <message>
        <source>“{key}” of {name} cannot be.</source>
        <translation>{name} 的“{key}”不可用。</translation>
    </message>
    <message>
        <source> And {more} more.</source>
        <translation>还有 {more} 个。</translation>
    </message>
    <message>
        <source>{name} was written anew.</source>
        <translation>{name} 已重新写入。</translation>
    </message>
    <message>
        <source>The one before was no TOML. It is kept as {name}, beside it.</source>
        <translation>原来的文件不是 TOML。它以 {name} 保留在旁边。</translation>
    </message>
    <message>
        <source>Take over by hand what you need of it.</source>
        <translation>请手工取回需要的内容。</translation>
    </message>
    <message>
        <source>Some keys do not work.</source>
        <translation>有些快捷键不起作用。</translation>
    </message>
    <message>
        <source>Choose other keys for them.</source>
        <translation>请为它们选择其他快捷键。</translation>
    </message>
    <message>
        <source>Show keys</source>
        <translation>显示快捷键</translation>
    </message>
    <message>
        <source>it is on top</source>
        <translation>它在最上层</translation>
    </message>
    <message>
        <source>it is at the bottom</source>
        <translation>它在最下层</translation>
    </message>
    <message>
        <source>Bring to the top</source>
        <translation>移到最上层</translation>
    </message>
    <message>
        <source>Up by one</source>
        <translation>上移一层</translation>
    </message>
    <message>
        <source>Down by one</source>
        <translation>下移一层</translation>
    </message>
    <message>
        <source>Send to the bottom</source>
        <translation>移到最下层</translation>
    </message>
    <message>
        <source>Show on the picture</source>
        <translation>在图片上显示</translation>
    </message>
    <message>
        <source>Hide on the picture</source>
        <translation>在图片上隐藏</translation>
    </message>
    <message>
        <source>No shapes</source>
        <translation>没有形状</translation>
    </message>
    <message>
        <source>What is drawn as polygon, rectangle, ellipse or polyline is here.</source>
        <translation>以多边形、矩形、椭圆或折线画出的内容在这里。</translation>
    </message>
    <message>
        <source>Under the cursor</source>
        <translation>光标下</translation>
    </message>
    <message>
        <source>{width} × {height} px</source>
        <translation>{width} × {height} px</translation>
    </message>
    <message>
        <source>Status bar</source>
        <translation>状态栏</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>x {x} y {y}</source>
        <translation>x {x} y {y}</translation>
    </message>
    <message>
        <source>x {width} </source>
        <translation>x {width} </translation>
    </message>
    <message>
        <source>y {height} </source>
        <translation>y {height} </translation>
    </message>
    <message>
        <source>x {x}</source>
        <translation>x {x}</translation>
    </message>
    <message>
        <source>y {y}</source>
        <translation>y {y}</translation>
    </message>
    <message>
        <source>Loading {model_name}</source>
        <translation>正在加载 {model_name}</translation>
    </message>
    <message>
        <source>{model_name} is ready</source>
        <translation>{model_name} 已就绪</translation>
    </message>
    <message>
        <source>class {classes}00.00</source>
        <translation>类别 {classes}00.00</translation>
    </message>
    <message>
        <source>Engine is idle</source>
        <translation>引擎空闲</translation>
    </message>
</context>
<context>
    <name>segdesk/gui/timeline</name>
    <message>
        <source>Ruler</source>
        <translation>标尺</translation>
    </message>
    <message>
        <source>Marks</source>
        <translation>标记</translation>
    </message>
    <message>
        <source>not predicted yet</source>
        <translation>尚未预测</translation>
    </message>
    <message>
        <source>{clock}  frame {number:,}</source>
        <translation>{clock}  帧 {number:,}</translation>
    </message>
    <message>
        <source>Time line</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>frame {number} of {count}</source>
        <translation>第 {number} 帧，共 {count} 帧</translation>
    </message>
    <message>
        <source>Zoom of the time line</source>
        <translation>时间线缩放</translation>
    </message>
    <message>
        <source>{speed:g} ×</source>
        <translation>{speed:g} ×</translation>
    </message>
    <message>
        <source>Zoom the time line in</source>
        <translation>放大时间线</translation>
    </message>
    <message>
        <source>Zoom the time line out</source>
        <translation>缩小时间线</translation>
    </message>
</context>
<context>
    <name>segdesk/gui</name>
    <message>
        <source>Paints {painted}. {gesture} swaps it with {other}.</source>
        <translation>绘制{painted}。{gesture} 与{other}交换。</translation>
    </message>
    <message>
        <source>A click</source>
        <translation>点击</translation>
    </message>
    <message>
        <source>No class</source>
        <translation>没有类别</translation>
    </message>
    <message>
        <source>Step {number} of {stations}</source>
        <translation>第 {number} 步，共 {stations} 步</translation>
    </message>
    <message>
        <source>Tour: {title}</source>
        <translation>导览：{title}</translation>
    </message>
    <message>
        <source>End the tour</source>
        <translation>结束导览</translation>
    </message>
</context>
<context>
    <name>segdesk/gui/viewer</name>
    <message>
        <source>Escape ends it.</source>
        <translation>按 Esc 结束。</translation>
    </message>
    <message>
        <source>other class</source>
        <translation>其他类别</translation>
    </message>
    <message>
        <source>Scale of the confidence</source>
        <translation>置信度标尺</translation>
    </message>
    <message>
        <source>Bright is unsure: from {heat_low:.1f} to {heat_high:.1f}.</source>
        <translation>越亮越不确定：从 {heat_low:.1f} 到 {heat_high:.1f}。</translation>
    </message>
    <message>
        <source>Key of the errors</source>
        <translation>错误图例</translation>
    </message>
    <message>
        <source>Scale of the entropy</source>
        <translation>熵标尺</translation>
    </message>
    <message>
        <source>Scale of the margin</source>
        <translation>间隔标尺</translation>
    </message>
    <message>
        <source>JPEG, PNG, TIFF, WebP, BMP, GIF</source>
        <translation>JPEG、PNG、TIFF、WebP、BMP、GIF</translation>
    </message>
    <message>
        <source>Drop images or a folder</source>
        <translation>把图像或文件夹拖到这里</translation>
    </message>
    <message>
        <source>Drop to open</source>
        <translation>松开即可打开</translation>
    </message>
    <message>
        <source>Class {index}</source>
        <translation>类别 {index}</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>What a side shows</source>
        <translation>一侧显示什么</translation>
    </message>
    <message>
        <source>{side} side: {title}</source>
        <translation>{side}侧：{title}</translation>
    </message>
    <message>
        <source>Choose what this side shows.</source>
        <translation>选择这一侧显示什么。</translation>
    </message>
    <message>
        <source>The whole picture, with the part in view.</source>
        <translation>整幅图片及当前所见部分。</translation>
    </message>
    <message>
        <source>Split handle</source>
        <translation>分界手柄</translation>
    </message>
    <message>
        <source>Drag it, or press the left and right keys.</source>
        <translation>拖动它，或按左右键。</translation>
    </message>
    <message>
        <source>{name}, {width} × {height} px</source>
        <translation>{name}，{width} × {height} px</translation>
    </message>
</context>
<context>
    <name>segdesk/jobs</name>
    <message>
        <source>The prediction was not handed over.</source>
        <translation>预测没有交付。</translation>
    </message>
    <message>
        <source>{folder} does not take {size:,} bytes.</source>
        <translation>{folder} 无法写入 {size:,} 字节。</translation>
    </message>
    <message>
        <source>Free some memory or disk space, then predict again.</source>
        <translation>请释放一些内存或磁盘空间，然后重新预测。</translation>
    </message>
    <message>
        <source>The frame was not handed over.</source>
        <translation>该帧没有交付。</translation>
    </message>
    <message>
        <source>No folder can be made for it: {reason}.</source>
        <translation>无法为它建立文件夹：{reason}。</translation>
    </message>
    <message>
        <source>It ended with exit code {code}.</source>
        <translation>它以退出码 {code} 结束。</translation>
    </message>
    <message>
        <source>It does not answer.</source>
        <translation>它没有回应。</translation>
    </message>
    <message>
        <source>The engine stopped.</source>
        <translation>引擎停止了。</translation>
    </message>
    <message>
        <source>{ending} The window and your work are not affected.</source>
        <translation>{ending}窗口和你的工作不受影响。</translation>
    </message>
    <message>
        <source>Start it again; a smaller image or model helps if memory ran out.</source>
        <translation>请重新启动它；若内存耗尽，较小的图像或模型会有帮助。</translation>
    </message>
    <message>
        <source>It was ended by {name}.</source>
        <translation>它被 {name} 结束。</translation>
    </message>
    <message>
        <source>The engine did not start.</source>
        <translation>引擎没有启动。</translation>
    </message>
    <message>
        <source>Run `segdesk doctor`; it says what is missing.</source>
        <translation>请运行 `segdesk doctor`，它会说明缺少什么。</translation>
    </message>
    <message>
        <source>The job ended with an unexpected error.</source>
        <translation>任务因意外错误而结束。</translation>
    </message>
    <message>
        <source>The details say where it happened. Report them if it returns.</source>
        <translation>详细信息说明发生在哪里。若再次出现请报告。</translation>
    </message>
    <message>
        <source>Close other programs, or use a smaller image or model.</source>
        <translation>请关闭其他程序，或使用较小的图像或模型。</translation>
    </message>
    <message>
        <source>{words}, {faster:.1f}×, {share:.2f} % equal</source>
        <translation>{words}，{faster:.1f} 倍，{share:.2f} % 相同</translation>
    </message>
    <message>
        <source>{words}, the fastest already</source>
        <translation>{words}，已是最快</translation>
    </message>
    <message>
        <source>CUDA graph</source>
        <translation>CUDA graph</translation>
    </message>
</context>
<context>
    <name>segdesk/library</name>
    <message>
        <source>{name} was not calibrated.</source>
        <translation>{name} 没有校准。</translation>
    </message>
    <message>
        <source>{file_name} was not downloaded.</source>
        <translation>{file_name} 没有下载。</translation>
    </message>
    <message>
        <source>Check the network, then download it again.</source>
        <translation>请检查网络，然后重新下载。</translation>
    </message>
    <message>
        <source>it sends a web page instead of the file</source>
        <translation>它发送的是网页而不是文件</translation>
    </message>
    <message>
        <source>it sends the file in a form that was not asked for</source>
        <translation>它以未要求的形式发送文件</translation>
    </message>
    <message>
        <source>it does not say how big the file is</source>
        <translation>它没有说明文件有多大</translation>
    </message>
    <message>
        <source>the file has {size}, at most {limit} are fetched</source>
        <translation>文件有 {size}，最多获取 {limit}</translation>
    </message>
    <message>
        <source>{name} was not downloaded.</source>
        <translation>{name} 没有下载。</translation>
    </message>
    <message>
        <source>it answers {code} {reason}</source>
        <translation>它回应 {code} {reason}</translation>
    </message>
    <message>
        <source>{folder} has {free} free, the file needs {needed}.</source>
        <translation>{folder} 剩余 {free}，文件需要 {needed}。</translation>
    </message>
    <message>
        <source>Free some space, then download it again.</source>
        <translation>请腾出一些空间，然后重新下载。</translation>
    </message>
    <message>
        <source>{file_name} has another checksum than its name says.</source>
        <translation>{file_name} 的校验和与其名称所示不同。</translation>
    </message>
    <message>
        <source>The name says {wanted}, the file has {found}. Some published weights carry a wrong one.</source>
        <translation>名称所示为 {wanted}，文件为 {found}。有些已发布的权重带有错误的校验和。</translation>
    </message>
    <message>
        <source>It is kept. If it does not load, download it again.</source>
        <translation>它已保留。若无法加载，请重新下载。</translation>
    </message>
    <message>
        <source>{folder} cannot be made: {reason}.</source>
        <translation>无法建立 {folder}：{reason}。</translation>
    </message>
    <message>
        <source>Set SEGDESK_HOME to a folder that you may write to.</source>
        <translation>请把 SEGDESK_HOME 设为你可写的文件夹。</translation>
    </message>
    <message>
        <source>{host}: {fault}</source>
        <translation>{host}：{fault}</translation>
    </message>
    <message>
        <source>it no longer has the rest</source>
        <translation>它已没有其余部分</translation>
    </message>
    <message>
        <source>the connection ended at {size} of {whole}</source>
        <translation>连接在 {whole} 中的 {size} 处中断</translation>
    </message>
    <message>
        <source> {size} came and stay for the next try.</source>
        <translation>已收到 {size}，留待下次继续。</translation>
    </message>
    <message>
        <source>it does not answer: {words}</source>
        <translation>它没有回应：{words}</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>{size} of {whole} stay for the next try</source>
        <translation>{whole} 中的 {size} 留待下次继续</translation>
    </message>
    <message>
        <source>the file there has changed</source>
        <translation>那里的文件已改变</translation>
    </message>
    <message>
        <source>its certificate is not trusted: {reason}</source>
        <translation>其证书不受信任：{reason}</translation>
    </message>
    <message>
        <source>its name is not known: {words}</source>
        <translation>其名称未知：{words}</translation>
    </message>
    <message>
        <source>{folder}: {why}.{kept}</source>
        <translation>{folder}：{why}.{kept}</translation>
    </message>
    <message>
        <source>the connection was lost: {error}</source>
        <translation>连接中断：{error}</translation>
    </message>
    <message>
        <source>{what} of {name}</source>
        <translation>{name} 的{what}</translation>
    </message>
    <message>
        <source>Classes unknown: name them first</source>
        <translation>类别未知：请先命名</translation>
    </message>
    <message>
        <source>Needs compiled mmcv ops</source>
        <translation>需要编译的 mmcv 算子</translation>
    </message>
    <message>
        <source>Not downloaded · {size}</source>
        <translation>未下载 · {size}</translation>
    </message>
    <message>
        <source>The model card was not read.</source>
        <translation>模型卡没有读取。</translation>
    </message>
    <message>
        <source>Loaded</source>
        <translation>已加载</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>It was written by a newer SegDesk (layout {schema}).</source>
        <translation>它由更新的 SegDesk 写出（布局 {schema}）。</translation>
    </message>
    <message>
        <source>Remove the model and add its checkpoint again.</source>
        <translation>请移除模型并重新添加其检查点。</translation>
    </message>
    <message>
        <source>{name} cannot be opened: {reason}.</source>
        <translation>{name} 无法打开：{reason}。</translation>
    </message>
    <message>
        <source>The model was not added.</source>
        <translation>模型没有添加。</translation>
    </message>
    <message>
        <source>Free some space, or set SEGDESK_HOME to another folder.</source>
        <translation>请腾出空间，或把 SEGDESK_HOME 设为其他文件夹。</translation>
    </message>
    <message>
        <source>It changed while it was being copied.</source>
        <translation>复制期间它发生了变化。</translation>
    </message>
    <message>
        <source>Wait until the training has ended, then add it again.</source>
        <translation>请等待训练结束，然后重新添加。</translation>
    </message>
    <message>
        <source>{folder} has {free} free, the checkpoint needs {needed}.</source>
        <translation>{folder} 剩余 {free}，检查点需要 {needed}。</translation>
    </message>
    <message>
        <source>Free some space, then add it again.</source>
        <translation>请腾出空间，然后重新添加。</translation>
    </message>
    <message>
        <source>Check that the disk it lies on is still there.</source>
        <translation>请检查它所在的磁盘是否还在。</translation>
    </message>
    <message>
        <source>no model yet</source>
        <translation>还没有模型</translation>
    </message>
    <message>
        <source>There is no model {model_id!r}.</source>
        <translation>没有模型 {model_id!r}。</translation>
    </message>
    <message>
        <source>The library has: {ids}.</source>
        <translation>模型库中有：{ids}。</translation>
    </message>
    <message>
        <source>Choose one of these, or give the path of a .pth or .onnx file.</source>
        <translation>请选择其中之一，或给出 .pth 或 .onnx 文件的路径。</translation>
    </message>
    <message>
        <source>{name} was not changed.</source>
        <translation>{name} 没有更改。</translation>
    </message>
    <message>
        <source>{name} was not {verb}.</source>
        <translation>{name} 没有{verb}。</translation>
    </message>
    <message>
        <source>{name} was not removed.</source>
        <translation>{name} 没有移除。</translation>
    </message>
    <message>
        <source>It came with SegDesk and belongs to the program's own files.</source>
        <translation>它随 SegDesk 提供，属于程序自身的文件。</translation>
    </message>
    <message>
        <source>Close the programs that use it, then remove it again.</source>
        <translation>请关闭使用它的程序，然后重新移除。</translation>
    </message>
    <message>
        <source>Add a copy of its checkpoint under another name to change it.</source>
        <translation>要更改它，请以其他名称添加其检查点的副本。</translation>
    </message>
    <message>
        <source>Models that you added can be removed.</source>
        <translation>你添加的模型可以移除。</translation>
    </message>
    <message>
        <source>Nobody has said what its classes are.</source>
        <translation>还没有人说明它的类别是什么。</translation>
    </message>
    <message>
        <source>Remove it, then add its checkpoint again.</source>
        <translation>请移除它，然后重新添加其检查点。</translation>
    </message>
    <message>
        <source>Its checkpoint has {size:,} bytes; it had {size_bytes:,} when it was added.</source>
        <translation>其检查点有 {size:,} 字节；添加时为 {size_bytes:,} 字节。</translation>
    </message>
    <message>
        <source>Its config {config} is missing.</source>
        <translation>其配置 {config} 不存在。</translation>
    </message>
    <message>
        <source>Name them: add it once more with `--classes FILE`, one name on each line.</source>
        <translation>请为它们命名：用 `--classes FILE` 再添加一次，每行一个名称。</translation>
    </message>
    <message>
        <source>It needs compiled mmcv ops: {operators}.</source>
        <translation>它需要编译的 mmcv 算子：{operators}。</translation>
    </message>
    <message>
        <source>Install a build of onedl-mmcv with compiled ops; `segdesk doctor` says what is there.</source>
        <translation>请安装带编译算子的 onedl-mmcv；`segdesk doctor` 会说明现有的内容。</translation>
    </message>
    <message>
        <source>Add it with the config it belongs to.</source>
        <translation>请连同它所属的配置一起添加。</translation>
    </message>
    <message>
        <source>Its checkpoint {checkpoint} is missing.</source>
        <translation>其检查点 {checkpoint} 不存在。</translation>
    </message>
    <message>
        <source>{named} classes are named, the model predicts {predicted}.</source>
        <translation>命名了 {named} 个类别，而模型预测 {predicted} 个。</translation>
    </message>
    <message>
        <source>Give one name for each class, index 0 first.</source>
        <translation>请为每个类别给出一个名称，从编号 0 开始。</translation>
    </message>
    <message>
        <source>It predicts {num_classes} classes and names none of them.</source>
        <translation>它预测 {num_classes} 个类别，却没有一个有名称。</translation>
    </message>
    <message>
        <source>Name them: `--classes FILE`, one name on each line, index 0 first.</source>
        <translation>请命名：`--classes FILE`，每行一个名称，从编号 0 开始。</translation>
    </message>
    <message>
        <source>Another SegDesk is downloading it right now.</source>
        <translation>另一个 SegDesk 正在下载它。</translation>
    </message>
    <message>
        <source>Wait for it, or stop it there.</source>
        <translation>请等待它，或在那里停止它。</translation>
    </message>
    <message>
        <source>Encoder and decoder are the same file.</source>
        <translation>编码器和解码器是同一个文件。</translation>
    </message>
    <message>
        <source>A promptable model has two files.</source>
        <translation>可提示模型有两个文件。</translation>
    </message>
    <message>
        <source>iteration {iteration}: validated, mIoU {words}</source>
        <translation>迭代 {iteration}：已验证，mIoU {words}</translation>
    </message>
    <message>
        <source>The run was not opened.</source>
        <translation>运行没有打开。</translation>
    </message>
    <message>
        <source>The runs were not listed.</source>
        <translation>没有列出运行。</translation>
    </message>
    <message>
        <source>{folder} holds neither {spec_file} nor */vis_data/scalars.json.</source>
        <translation>{folder} 中既没有 {spec_file} 也没有 */vis_data/scalars.json。</translation>
    </message>
    <message>
        <source>Choose the work_dir of a training.</source>
        <translation>请选择一次训练的 work_dir。</translation>
    </message>
    <message>
        <source>Give a run folder, or a folder with runs in it.</source>
        <translation>请给出一个运行文件夹，或含有运行的文件夹。</translation>
    </message>
    <message>
        <source>{folder} asks for something else than a training.</source>
        <translation>{folder} 要求的不是训练。</translation>
    </message>
    <message>
        <source>{folder} cannot be read: {error}.</source>
        <translation>{folder} 无法读取：{error}。</translation>
    </message>
    <message>
        <source>Its checkpoints can still be added as models.</source>
        <translation>其检查点仍可作为模型添加。</translation>
    </message>
    <message>
        <source>The config was not opened.</source>
        <translation>配置没有打开。</translation>
    </message>
    <message>
        <source>The model was not opened.</source>
        <translation>模型没有打开。</translation>
    </message>
    <message>
        <source>{config} is not a file.</source>
        <translation>{config} 不是文件。</translation>
    </message>
    <message>
        <source>Give the .py file that was written when the model was trained.</source>
        <translation>请给出训练模型时写出的 .py 文件。</translation>
    </message>
    <message>
        <source>{folder} holds no checkpoint (*.pth).</source>
        <translation>{folder} 没有检查点（*.pth）。</translation>
    </message>
    <message>
        <source>Choose the folder into which the training wrote its checkpoints.</source>
        <translation>请选择训练写入其检查点的文件夹。</translation>
    </message>
    <message>
        <source>{path} does not exist.</source>
        <translation>{path} 不存在。</translation>
    </message>
    <message>
        <source>Give a .pth or .onnx file, or the folder of a training.</source>
        <translation>请给出 .pth 或 .onnx 文件，或训练的文件夹。</translation>
    </message>
    <message>
        <source>{path} is empty: 0 bytes.</source>
        <translation>{path} 为空：0 字节。</translation>
    </message>
    <message>
        <source>Copy or download the checkpoint again.</source>
        <translation>请重新复制或下载检查点。</translation>
    </message>
    <message>
        <source>The classes were not read.</source>
        <translation>类别没有读取。</translation>
    </message>
    <message>
        <source>Write one class name on each line, index 0 first.</source>
        <translation>请每行写一个类别名称，从编号 0 开始。</translation>
    </message>
    <message>
        <source>{name} has more than {max_classes_bytes:,} bytes.</source>
        <translation>{name} 超过 {max_classes_bytes:,} 字节。</translation>
    </message>
    <message>
        <source>Give a text file with one class name on each line.</source>
        <translation>请给出每行一个类别名称的文本文件。</translation>
    </message>
    <message>
        <source>{path} cannot be opened: {reason}.</source>
        <translation>{path} 无法打开：{reason}。</translation>
    </message>
    <message>
        <source>Check the path.</source>
        <translation>请检查路径。</translation>
    </message>
    <message>
        <source>{name} is not text in UTF-8.</source>
        <translation>{name} 不是 UTF-8 文本。</translation>
    </message>
    <message>
        <source>Write one class name on each line and save it as UTF-8.</source>
        <translation>请每行写一个类别名称并保存为 UTF-8。</translation>
    </message>
    <message>
        <source>{scheme}://{host} is not https</source>
        <translation>{scheme}://{host} 不是 https</translation>
    </message>
    <message>
        <source>{url!r} is not a plain address</source>
        <translation>{url!r} 不是普通地址</translation>
    </message>
    <message>
        <source>{url!r} is not an address</source>
        <translation>{url!r} 不是地址</translation>
    </message>
    <message>
        <source>it redirects to a place that may not be asked: {fault}</source>
        <translation>它重定向到不允许访问的地方：{fault}</translation>
    </message>
    <message>
        <source>the terms of the training images apply as well</source>
        <translation>训练图像的条款同样适用</translation>
    </message>
    <message>
        <source>There is no published model {zoo_id!r}.</source>
        <translation>没有已发布的模型 {zoo_id!r}。</translation>
    </message>
    <message>
        <source>Its address names an unknown server, {hostname}.</source>
        <translation>其地址指向未知的服务器 {hostname}。</translation>
    </message>
    <message>
        <source>Choose another one: SegDesk fetches from known servers only.</source>
        <translation>请选择其他的：SegDesk 只从已知的服务器获取。</translation>
    </message>
    <message>
        <source>`segdesk models zoo WORDS` searches them.</source>
        <translation>`segdesk models zoo WORDS` 可搜索它们。</translation>
    </message>
    <message>
        <source>Not downloaded</source>
        <translation>未下载</translation>
    </message>
    <message>
        <source>Its config {name} is not in the installed package.</source>
        <translation>其配置 {name} 不在所安装的软件包中。</translation>
    </message>
    <message>
        <source>Choose another one, or update onedl-mmsegmentation.</source>
        <translation>请选择其他的，或更新 onedl-mmsegmentation。</translation>
    </message>
    <message>
        <source>Close to it: {names}.</source>
        <translation>接近的有：{names}。</translation>
    </message>
    <message>
        <source>{licence}; {note}</source>
        <translation>{licence}; {note}</translation>
    </message>
    <message>
        <source>Needs onedl-mmdetection (the extra mask2former), which is not installed</source>
        <translation>需要 onedl-mmdetection（附加项 mask2former），而它没有安装</translation>
    </message>
    <message>
        <source>Needs onedl-mmpretrain</source>
        <translation>需要 onedl-mmpretrain</translation>
    </message>
    <message>
        <source>Install it: pip install 'segdesk[mask2former]', then pip install --no-deps 'onedl-mmdetection&gt;=3.5.1,&lt;3.6'</source>
        <translation>请安装：pip install 'segdesk[mask2former]'，然后 pip install --no-deps 'onedl-mmdetection&gt;=3.5.1,&lt;3.6'</translation>
    </message>
    <message>
        <source>Install it: pip install onedl-mmpretrain</source>
        <translation>请安装：pip install onedl-mmpretrain</translation>
    </message>
    <message>
        <source>It estimates depth; SegDesk segments.</source>
        <translation>它估计深度；SegDesk 做的是分割。</translation>
    </message>
    <message>
        <source>The model zoo was not opened.</source>
        <translation>Model Zoo 没有打开。</translation>
    </message>
    <message>
        <source>Choose another one.</source>
        <translation>请选择其他的。</translation>
    </message>
    <message>
        <source>It needs {ops}, a compiled op of mmcv.</source>
        <translation>它需要 {ops}，即 mmcv 的编译算子。</translation>
    </message>
    <message>
        <source>Install a build of onedl-mmcv with compiled ops.</source>
        <translation>请安装带编译算子的 onedl-mmcv。</translation>
    </message>
    <message>
        <source>The index of published models comes with onedl-mmsegmentation, which is not installed whole.</source>
        <translation>已发布模型的索引随 onedl-mmsegmentation 提供，而它没有完整安装。</translation>
    </message>
    <message>
        <source>Install it again: pip install --force-reinstall onedl-mmsegmentation</source>
        <translation>请重新安装：pip install --force-reinstall onedl-mmsegmentation</translation>
    </message>
</context>
</TS>
