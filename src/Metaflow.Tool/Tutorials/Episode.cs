namespace Metaflow.Tool.Tutorials;

/// <summary>A tutorial.</summary>
/// <param name="Name">The folder's name, such as <c>00-helloworld</c>.</param>
/// <param name="Title">The first line of its README.</param>
/// <param name="Readme">Its README.</param>
/// <param name="Files">Its files, relative to the tutorials' folder.</param>
internal sealed record Episode(string Name, string Title, string Readme, IReadOnlyList<string> Files);
