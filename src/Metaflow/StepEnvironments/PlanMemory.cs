using System.Security.Cryptography;
using System.Text;
using Metaflow.Decorators;
using Metaflow.Launching;

namespace Metaflow.StepEnvironments;

/// <summary>Remembers on this machine how the steps of a program were started the last time, so that an unchanged flow does not look for
/// its environments again: that takes as long as a task.</summary>
/// <remarks>What is remembered counts only while all files that it follows from are as they were: those of the program, the lists of
/// environments, and the files of the packages. After a day it is found anew, which notes that the packages are still used and looks into
/// the datastore. It is a text file, because reading JSON costs more.</remarks>
/// <param name="folder">The folder for such files.</param>
/// <param name="key">The hash of all that the plan follows from, except files.</param>
/// <param name="time">The clock.</param>
internal sealed class PlanMemory(string folder, string key, TimeProvider time)
{
    // A change of what the file says has to have a change of this line.
    private const string Form = "plan 3";
    private const char Separator = '\t';
    private static readonly TimeSpan Validity = TimeSpan.FromDays(1);

    private string Place => Path.Combine(folder, key);

    /// <summary>Returns the hash of texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <returns>The hash.</returns>
    public static string KeyOf(IEnumerable<string> texts)
        => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts))))[..32];

    /// <summary>Returns the texts that say what a step asks for.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <param name="decorators">The decorators in force for the step.</param>
    /// <returns>The texts.</returns>
    public static IEnumerable<string> TextsOf(string step, StepDecorators decorators)
        => [step, .. TextsOf("flow", decorators.OfFlow), .. TextsOf("step", decorators.OfStep), .. TextsOf("given", decorators.Given)];

    /// <summary>Returns the plan that is remembered.</summary>
    /// <returns>The plan; <see langword="null"/> if there is none, or if a file that it follows from was changed.</returns>
    public PlannedEnvironments? TryRead()
    {
        try
        {
            var file = new FileInfo(Place);
            return file.Exists && time.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc is var age && age < Validity && age > -Validity
                ? TryRead(File.ReadAllText(Place)) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Remembers a plan.</summary>
    /// <param name="planned">The plan.</param>
    /// <param name="marks">What the files that it follows from looked like before it was made.</param>
    public void Write(PlannedEnvironments planned, IEnumerable<FileMark> marks)
    {
        var lines = new List<string> { Form };
        lines.AddRange(marks.Select(static mark => Escape(mark.Line)));
        lines.Add("");
        lines.AddRange(planned.Crossings.Select(Escape));
        foreach (var (step, environment) in planned.Steps)
        {
            lines.Add("");
            lines.Add(step);
            lines.Add(environment.FullId);
            lines.Add(environment.Id);
            lines.Add(string.Join(Separator, environment.Program.Arguments.Prepend(environment.Program.FileName).Select(Escape)));
            lines.AddRange(environment.Warnings.Select(Escape));
        }

        try
        {
            Directory.CreateDirectory(folder);
            var text = string.Join('\n', lines);
            var temporary = $"{Place}.{Guid.NewGuid():N}";
            File.WriteAllText(temporary, $"{KeyOf([text])}\n{text}");
            File.Move(temporary, Place, overwrite: true);
            RemoveOld();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next start takes a little longer.
        }
    }

    // Those of programs that were built anew or removed, and what killed processes left.
    private void RemoveOld()
    {
        var limit = time.GetUtcNow().UtcDateTime - Validity;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < limit)
            {
                file.Delete();
            }
        }
    }

    // So that no text has the characters that end lines and fields.
    private static string Escape(string text) => Uri.EscapeDataString(text);

    private static string Unescape(string text) => Uri.UnescapeDataString(text);

    private static IEnumerable<string> TextsOf(string level, IEnumerable<DecoratorAttribute> decorators)
    {
        foreach (var decorator in decorators)
        {
            if (decorator is EnvironmentDecoratorAttribute)
            {
                yield return $"{level} {decorator.DecoratorName}";
                foreach (var (name, value) in decorator.ToData())
                {
                    yield return $"{name}={(value is IEnumerable<string> several ? string.Join('\u0001', several) : value)}";
                }
            }
        }
    }

    private static PlannedEnvironments? TryRead(string text)
    {
        // A power cut can leave a part of the file.
        var start = text.IndexOf('\n', StringComparison.Ordinal);
        if (start < 0 || text[..start] != KeyOf([text[(start + 1)..]]))
        {
            return null;
        }

        var lines = text[(start + 1)..].Split('\n');
        if (lines[0] != Form)
        {
            return null;
        }

        var next = 1;
        for (; next < lines.Length && lines[next].Length > 0; next++)
        {
            if (!FileMark.TryParse(Unescape(lines[next]), out var mark) || FileMark.Of(mark.Path) != mark)
            {
                return null;
            }
        }

        var crossings = new List<string>();
        for (next++; next < lines.Length && lines[next].Length > 0; next++)
        {
            crossings.Add(Unescape(lines[next]));
        }

        return StepsOf(lines, next) is { Count: > 0 } steps ? new PlannedEnvironments(steps) { Crossings = crossings } : null;
    }

    private static Dictionary<string, PlannedEnvironment> StepsOf(string[] lines, int next)
    {
        var steps = new Dictionary<string, PlannedEnvironment>(StringComparer.Ordinal);
        var programs = new Dictionary<string, ProgramLocation>(StringComparer.Ordinal);
        while (next + 4 < lines.Length)
        {
            var (step, fullId, id, start) = (lines[next + 1], lines[next + 2], lines[next + 3], lines[next + 4]);
            if (!programs.TryGetValue(start, out var program))
            {
                var parts = Array.ConvertAll(start.Split(Separator), Unescape);
                program = new ProgramLocation(parts[0], parts[1..]) { Environment = fullId };
                programs.Add(start, program);
            }

            var warnings = new List<string>();
            for (next += 5; next < lines.Length && lines[next].Length > 0; next++)
            {
                warnings.Add(Unescape(lines[next]));
            }

            steps.Add(step, new PlannedEnvironment(id, fullId, program, warnings));
        }

        return steps;
    }
}
