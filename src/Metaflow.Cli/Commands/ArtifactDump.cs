using System.Globalization;
using System.Text;
using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Serialization;

namespace Metaflow.Cli.Commands;

/// <summary>The artifacts of tasks, in the forms that programs and readers of Python know.</summary>
/// <param name="includesPrivate">Whether the framework's own are among them.</param>
/// <param name="names">The only names wanted; empty for all.</param>
/// <param name="maxSize">The most bytes of a value that is shown; 0 shows none, <see langword="null"/> all.</param>
internal sealed class ArtifactDump(bool includesPrivate, IReadOnlyCollection<string> names, long? maxSize)
{
    private readonly List<(TaskHandle Task, IReadOnlyList<ArtifactHandle> Artifacts)> _tasks = [];
    private readonly List<string> _leftOut = [];

    /// <summary>Gets a value indicating whether an artifact could not be read.</summary>
    public bool HasFailures { get; private set; }

    /// <summary>Gets what is said of artifacts that were left out because they could not be read.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    /// <summary>Adds a task.</summary>
    public void Add(TaskHandle task) => _tasks.Add((task, Chosen(task)));

    /// <summary>Returns the artifacts of a task that are wanted.</summary>
    public IReadOnlyList<ArtifactHandle> Chosen(TaskHandle task)
        => [.. (includesPrivate ? task.AllArtifacts : task.Artifacts)
            .Where(artifact => names.Count == 0 || names.Contains(artifact.Name))];

    /// <summary>Writes a line for each artifact of the task that was added last, as Python Metaflow does.</summary>
    public void WriteTexts(TextWriter writer)
    {
        foreach (var artifact in _tasks[^1].Artifacts)
        {
            var text = IsShown(artifact)
                ? Read(artifact, PythonRepr.Of, static error => $"< cannot be read: {error.What} [{error.Code}] >")
                : "< artifact too large >";
            writer.WriteLine(VisibleText.Line(string.Create(
                CultureInfo.InvariantCulture, $"{artifact.Name} [size: {artifact.Size} type: {artifact.TypeName}] = {text}")));
        }
    }

    /// <summary>Writes all tasks as JSON or as a dictionary of Python.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="format"><c>json</c> or <c>python</c>.</param>
    public void WriteTo(TextWriter writer, string format)
        => writer.Write((format == "json" ? PythonJson.Write(_tasks.Select(ToData).ToArray()) : PythonRepr.Of(ToValues())) + "\n");

    /// <summary>Writes all tasks to a file.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="format">The format; <see langword="null"/> for a pickle.</param>
    public void WriteTo(Stream stream, string? format)
    {
        if (format is null)
        {
            foreach (var part in PickleWriter.Write(ToValues()))
            {
                stream.Write(part.Span);
            }

            return;
        }

        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        if (format == "text")
        {
            var all = _tasks.ToList();
            foreach (var task in all)
            {
                _tasks.Clear();
                _tasks.Add(task);
                WriteTexts(writer);
            }
        }
        else
        {
            WriteTo(writer, format);
        }
    }

    private bool IsShown(ArtifactHandle artifact) => maxSize is null || (artifact.Size <= maxSize && maxSize != 0);

    // One artifact that cannot be read does not hide the others.
    private T Read<T>(ArtifactHandle artifact, Func<object?, T> show, Func<MetaflowException, T> showError)
    {
        try
        {
            return show(artifact.Value);
        }
        catch (MetaflowException error)
        {
            HasFailures = true;
            return showError(error);
        }
    }

    // The keys are those of the reference: run/step/task. A pickle must hold values only, so an artifact that cannot be read is left out.
    private Dictionary<string, object?> ToValues()
    {
        var result = new Dictionary<string, object?>();
        foreach (var (task, artifacts) in _tasks)
        {
            var values = new Dictionary<string, object?>();
            foreach (var artifact in artifacts.Where(IsShown))
            {
                if (Read(
                    artifact,
                    static value => (Value: value, Error: (MetaflowException?)null),
                    static error => (null, error)) is var read && read.Error is null)
                {
                    values[artifact.Name] = read.Value;
                }
                else
                {
                    _leftOut.Add($"'{artifact.Pathspec}' was left out: {read.Error!.What} [{read.Error.Code}]");
                }
            }

            result[$"{task.Path.RunId}/{task.Path.Step}/{task.Id}"] = values;
        }

        return result;
    }

    private Dictionary<string, object?> ToData((TaskHandle Task, IReadOnlyList<ArtifactHandle> Artifacts) dumped)
    {
        var data = new Dictionary<string, object?>
        {
            ["run"] = dumped.Task.Path.RunId,
            ["step"] = dumped.Task.Path.Step,
            ["task"] = dumped.Task.Id,
        };
        if (dumped.Task.ForeachIndices is { Count: > 0 } indices)
        {
            data["indices"] = indices.Select(static index => (object?)(long)index).ToArray();
            data["item"] = dumped.Task.ForeachItem;
        }

        data["artifacts"] = dumped.Artifacts.Select(ToData).ToArray();
        return data;
    }

    private Dictionary<string, object?> ToData(ArtifactHandle artifact)
    {
        var data = new Dictionary<string, object?>
        {
            ["name"] = artifact.Name,
            ["size"] = artifact.Size,
            ["type"] = artifact.TypeName,
            ["sha"] = artifact.Sha,
            ["encoding"] = artifact.Encoding,
        };
        if (IsShown(artifact))
        {
            var (key, value) = Read(
                artifact,
                static value => ("value", ArtifactJson.Of(value)),
                static error => ("error", (object?)$"{error.What} [{error.Code}]"));
            data[key] = value;
        }

        return data;
    }
}
