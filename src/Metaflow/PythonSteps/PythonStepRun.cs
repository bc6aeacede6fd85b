using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Decorators;
using Metaflow.Errors;
using Metaflow.Joins;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.PythonSteps;

/// <summary>Runs the Python file of a step: artifacts go to it and come back as files in the task's folder, in the form in which they are
/// stored.</summary>
/// <param name="context">The task.</param>
/// <param name="step">What the step says of the file.</param>
internal sealed class PythonStepRun(StepHookContext context, PythonStepAttribute step)
{
    private const string Driver = "metaflow_step.py";
    private const string Pickle = "pickle-v4";

    // The names are those of Python Metaflow.
    private static readonly Dictionary<string, (string Member, Func<Current, object> Value)> Ids = new(StringComparer.Ordinal)
    {
        ["flow_name"] = (nameof(Current.FlowName), static current => current.FlowName),
        ["run_id"] = (nameof(Current.RunId), static current => current.RunId),
        ["step_name"] = (nameof(Current.StepName), static current => current.StepName),
        ["task_id"] = (nameof(Current.TaskId), static current => current.TaskId),
        ["retry_count"] = (nameof(Current.Attempt), static current => current.Attempt),
        ["pathspec"] = (nameof(Current.Pathspec), static current => current.Pathspec),
        ["namespace"] = (nameof(Current.Namespace), static current => current.Namespace),
        ["username"] = (nameof(Current.UserName), static current => current.UserName),
        ["tempdir"] = (nameof(Current.TempFolder), static current => current.TempFolder),
    };

    /// <summary>Runs the file.</summary>
    /// <returns>A task that ends when its artifacts are set.</returns>
    /// <exception cref="StepFailedException">It cannot be run (MF3051, MF3052, MF3056), raised an exception (MF3054), or its artifacts
    /// cannot be set (MF3031, MF3055).</exception>
    public async Task RunAsync()
    {
        var script = ScriptFiles.Find(step.Script);
        var folder = Path.Combine(context.Current.TempFolder, $"python-step-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        var driver = Path.Combine(folder, Driver);
        await WriteDriverAsync(driver).ConfigureAwait(false);
        await WriteStepAsync(folder, script).ConfigureAwait(false);
        try
        {
            await context.Current.Environment.RunPythonAsync(driver, [folder], new ProgramOptions()).ConfigureAwait(false);
        }
        catch (StepFailedException error) when (error.Code == ErrorCodes.ProgramFailed)
        {
            throw await FailureAsync(folder, error).ConfigureAwait(false);
        }

        await NoteReadsAsync(folder).ConfigureAwait(false);
        foreach (var name in step.Outputs)
        {
            await ReadOutputAsync(folder, name).ConfigureAwait(false);
        }
    }

    private static async Task WriteDriverAsync(string path)
    {
        using var source = typeof(PythonStepRun).Assembly.GetManifestResourceStream(Driver)!;
        using var target = File.Create(path);
        await source.CopyToAsync(target).ConfigureAwait(false);
    }

    private async Task WriteStepAsync(string folder, string script)
    {
        var inputs = new Dictionary<string, string>();
        foreach (var name in step.Inputs)
        {
            var (cell, value) = await context.ReadArtifactAsync(name).ConfigureAwait(false);
            var path = Path.Combine(folder, $"input-{cell.Name}");
            var stored = ArtifactSerializer.Serialize(value, cell.ValueType, cell.Name);
            if (stored.Encoding != Pickle)
            {
                throw NotForPython(cell.Name, cell.ValueType);
            }

            using var file = File.Create(path);
            foreach (var part in stored.Payload)
            {
                await file.WriteAsync(part).ConfigureAwait(false);
            }

            inputs.Add(cell.Name, path);
        }

        var bytes = RecordJson.Write(json =>
        {
            json.WriteString("script", script);
            json.WriteStartObject("inputs");
            foreach (var (name, path) in inputs)
            {
                json.WriteString(name, path);
            }

            json.WriteEndObject();
            json.WriteStartArray("outputs");
            foreach (var name in step.Outputs)
            {
                json.WriteStringValue(OnDisk(name));
            }

            json.WriteEndArray();
            WriteCurrent(json);
        });
        await File.WriteAllBytesAsync(Path.Combine(folder, "step.json"), bytes).ConfigureAwait(false);
    }

    private void WriteCurrent(Utf8JsonWriter json)
    {
        json.WriteStartObject("current");
        foreach (var (name, (_, value)) in Ids)
        {
            json.WritePropertyName(name);
            var id = context.Current.Unnoticed(value);
            if (id is int number)
            {
                json.WriteNumberValue(number);
            }
            else
            {
                json.WriteStringValue((string)id);
            }
        }

        json.WriteEndObject();
    }

    // What the file asked for counts as what the method asks for: its result may depend on it.
    private async Task NoteReadsAsync(string folder)
    {
        using var asked = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "asked.json")).ConfigureAwait(false));
        foreach (var name in asked.RootElement.EnumerateArray())
        {
            if (Ids.TryGetValue(name.GetString()!, out var id))
            {
                context.Current.Reads.Add(id.Member);
            }
        }
    }

    private async Task ReadOutputAsync(string folder, string name)
    {
        var cell = context.FindCell(name);
        var onDisk = cell?.Name ?? OnDisk(name);
        var bytes = await File.ReadAllBytesAsync(Path.Combine(folder, $"output-{onDisk}")).ConfigureAwait(false);
        try
        {
            context.SetArtifact(onDisk, ArtifactSerializer.Deserialize(bytes, Pickle, cell?.ValueType ?? typeof(object), onDisk));
        }
        catch (StorageException error)
        {
            throw new StepFailedException(
                ErrorCodes.PythonValueUnreadable,
                $"The artifact '{onDisk}' of the Python file '{step.Script}' cannot become a '{cell?.ValueType.Name ?? "value"}'.",
                $"{error.What} {error.Why}",
                "Convert the value in the Python file, or declare the artifact with the type that docs/values.md names for it.",
                error);
        }
    }

    private string OnDisk(string name) => context.FindCell(name)?.Name ?? SnakeCase.FromMember(name);

    private async Task<StepFailedException> FailureAsync(string folder, StepFailedException error)
    {
        var file = Path.Combine(folder, "failure.json");
        if (!File.Exists(file))
        {
            return error;
        }

        using var failure = JsonDocument.Parse(await File.ReadAllBytesAsync(file).ConfigureAwait(false));
        string Text(string name) => failure.RootElement.GetProperty(name).GetString() ?? "";
        return new StepFailedException(
            ErrorCodes.PythonRaised,
            $"The Python file '{step.Script}' raised {Text("type")}: {Text("message")}",
            Text("traceback").TrimEnd(),
            "Fix the Python file. 'resume' continues the run at this step.",
            error);
    }

    private StepFailedException NotForPython(string name, Type type) => new(
        ErrorCodes.ValueNotForPython,
        $"The Python file '{step.Script}' cannot read the artifact '{name}'.",
        $"Values of the type '{type.Name}' are stored in a form of a plug-in, which Python does not know.",
        "Pass a value that docs/values.md names, or write it to a file in the step before.");
}
