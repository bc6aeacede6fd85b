using System.Xml.Linq;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests.Rules;

/// <summary>The compiler checks that public members are documented (CS1591): nothing of a package may switch it off.</summary>
internal static class Documentation
{
    private const string Code = "CS1591";

    public static IReadOnlyList<string> Check(SourceFile properties, IEnumerable<ProjectFile> projects, IEnumerable<SourceFile> code)
    {
        var problems = new List<string>();
        if (XElement.Parse(properties.Text).Descendants("GenerateDocumentationFile").LastOrDefault()?.Value != "true")
        {
            problems.Add($"{properties.Path} does not ask for documentation.");
        }

        foreach (var project in projects.Where(static project => project.IsPackable))
        {
            if (project.Property("GenerateDocumentationFile") is { } value and not "true")
            {
                problems.Add($"{project.Path} sets GenerateDocumentationFile to '{value}'.");
            }

            if (project.Property("NoWarn")?.Contains(Code, StringComparison.Ordinal) == true)
            {
                problems.Add($"{project.Path} silences {Code}.");
            }
        }

        problems.AddRange(code.Where(static file => file.Text.Contains(Code, StringComparison.Ordinal))
            .Select(static file => $"{file.Path} silences {Code}."));
        return problems;
    }
}
