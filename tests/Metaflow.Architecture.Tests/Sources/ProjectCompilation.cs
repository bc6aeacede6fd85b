using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Architecture.Tests.Sources;

/// <summary>The sources of a project, compiled so that names have meanings.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="Compilation">Its compilation.</param>
internal sealed record ProjectCompilation(string Project, CSharpCompilation Compilation);
