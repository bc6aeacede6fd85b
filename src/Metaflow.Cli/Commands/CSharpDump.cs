using System.Globalization;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Values;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Cli.Commands;

/// <summary>Shows the artifacts of tasks to people who know C#: <c>name (type, size) = value</c>.</summary>
/// <param name="definition">The flow, which knows the types of its artifacts.</param>
/// <param name="maxSize">The most bytes of a value that is read; 0 shows none.</param>
/// <param name="writer">Where they are shown.</param>
/// <param name="console">The console, whose width lines have.</param>
internal sealed class CSharpDump(FlowDefinition definition, long maxSize, StyledWriter writer, ConsoleStreams console)
{
    private const string Indent = "    ";
    private const int NarrowestPage = 40;
    private const int WidestPage = 200;
    private readonly int _width = Math.Clamp(console.Width(), NarrowestPage, WidestPage);
    private readonly string _margin = $"{DrawnLines.Of(console).Vertical} ";
    private readonly Dictionary<string, string> _types = definition.Artifacts
        .Select(static artifact => (artifact.Name, artifact.TypeName))
        .Concat(definition.Parameters.Select(static parameter => (parameter.Name, parameter.TypeName)))
        .DistinctBy(static artifact => artifact.Name)
        .ToDictionary(static artifact => artifact.Name, static artifact => artifact.TypeName, StringComparer.Ordinal);

    /// <summary>Gets a value indicating whether an artifact could not be read.</summary>
    public bool HasFailures { get; private set; }

    /// <summary>Writes what a task is called.</summary>
    public void WriteHeading(TaskHandle task)
    {
        var place = task.ForeachIndices.Count > 0 ? "  " + ForeachPlace.TitleOf(task) : "";
        writer.WriteLine(new StyledText(VisibleText.Line(task.Pathspec + place), TextStyle.Strong));
    }

    /// <summary>Writes artifacts.</summary>
    public void Write(IEnumerable<ArtifactHandle> artifacts)
    {
        foreach (var artifact in artifacts)
        {
            Write(artifact);
        }
    }

    private void Write(ArtifactHandle artifact)
    {
        var declared = _types.GetValueOrDefault(artifact.Name);
        if (maxSize == 0 || artifact.Size > maxSize)
        {
            var title = Title(artifact, declared ?? PythonTypeOf(artifact));
            WriteLine($"{title}: not shown; add '--max-value-size {artifact.Size}', or write it with '--file'");
            return;
        }

        try
        {
            var value = artifact.Value;
            var type = declared ?? TypeText.Of(value);
            var title = Title(artifact, type);
            var (first, below) = new ValueLines(type, _width - Indent.Length, _margin).Of(value, title.Length);
            WriteLine($"{title} = {first}".TrimEnd());
            foreach (var line in below)
            {
                WriteLine(Indent + line);
            }
        }
        catch (MetaflowException error)
        {
            HasFailures = true;
            WriteLine($"{Title(artifact, declared ?? PythonTypeOf(artifact))}: cannot be read. {error.What} [{error.Code}]");
        }
    }

    private void WriteLine(string line) => writer.WriteLine(VisibleText.Line(line));

    private static string Title(ArtifactHandle artifact, string? type)
    {
        var facts = string.Join(", ", new[] { type, artifact.Size > 0 ? SizeOf(artifact.Size) : null }.OfType<string>());
        return facts.Length == 0 ? artifact.Name : $"{artifact.Name} ({facts})";
    }

    // Recorded as "<class 'numpy.ndarray'>".
    private static string? PythonTypeOf(ArtifactHandle artifact)
        => artifact.TypeName?.Split('\'') is [_, var name, _] ? name : artifact.TypeName;

    private static string SizeOf(long bytes) => bytes switch
    {
        1 => "1 byte",
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB"),
    };
}
