using System.Diagnostics.CodeAnalysis;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>A program of a wheel that calls a function of its modules.</summary>
/// <param name="Name">The name of the program.</param>
/// <param name="Module">The module: <c>pkg.cli</c>.</param>
/// <param name="Attribute">The function, perhaps of a class: <c>main</c>, <c>App.run</c>.</param>
/// <param name="IsGraphical">Whether it opens windows and needs no console.</param>
internal sealed record EntryPoint(string Name, string Module, string Attribute, bool IsGraphical)
{
    private const string Console = "console_scripts";
    private const string Graphical = "gui_scripts";

    /// <summary>Reads the programs from <c>entry_points.txt</c>; other entries are passed over.</summary>
    /// <param name="reader">The text.</param>
    /// <returns>The programs in their order.</returns>
    /// <exception cref="InvalidDataException">An entry names no function, or the name of a program is no name of a file.</exception>
    public static IReadOnlyList<EntryPoint> Read(TextReader reader)
    {
        var points = new List<EntryPoint>();
        var section = "";
        while (reader.ReadLine() is { } line)
        {
            var text = line.Trim();
            if (text.Length == 0 || text[0] is '#' or ';')
            {
                continue;
            }

            if (text[0] == '[' && text[^1] == ']')
            {
                section = text[1..^1].Trim();
            }
            else if (section is Console or Graphical)
            {
                points.Add(TryParse(text, section == Graphical, out var point) ? point : throw new InvalidDataException(
                    $"The entry '{text}' of its programs is not 'name = module:function' with a name that can be a file's."));
            }
        }

        return points;
    }

    private static bool TryParse(string text, bool isGraphical, [NotNullWhen(true)] out EntryPoint? point)
    {
        point = null;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            return false;
        }

        var name = text[..equals].Trim();

        // The extras that a program needs do not change how it is called.
        var target = text[(equals + 1)..].Split('[')[0].Split(':', StringSplitOptions.TrimEntries);
        if (target is not [var module, var attribute] || !IsDotted(module) || !IsDotted(attribute) || !CanBeFile(name))
        {
            return false;
        }

        point = new EntryPoint(name, module, attribute, isGraphical);
        return true;
    }

    private static bool CanBeFile(string name)
        => name is not ("" or "." or "..") && !name.Any(static character => char.IsControl(character) || character is '/' or '\\' or ':');

    // What is written into a program can be nothing but names.
    private static bool IsDotted(string text) => text.Split('.').All(static part =>
        part.Length > 0 && !char.IsDigit(part[0]) && part.All(static character => char.IsLetterOrDigit(character) || character == '_'));
}
