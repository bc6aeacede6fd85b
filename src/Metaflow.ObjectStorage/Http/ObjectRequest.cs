using System.Text;

namespace Metaflow.ObjectStorage.Http;

/// <summary>A request to a store of objects. Its body is in memory, so that it can be sent again.</summary>
/// <param name="method">The method, in capitals.</param>
/// <param name="path">The absolute path, encoded.</param>
internal sealed class ObjectRequest(string method, string path)
{
    /// <summary>Gets the method.</summary>
    public string Method => method;

    /// <summary>Gets the absolute path, encoded.</summary>
    public string Path => path;

    /// <summary>Gets the parameters of the query, encoded.</summary>
    public SortedTexts Query { get; private init; } = new();

    /// <summary>Gets the headers by their names in lower case.</summary>
    public SortedTexts Headers { get; private init; } = new();

    /// <summary>Gets a value indicating whether it changes something.</summary>
    public bool IsWrite => method is not ("GET" or "HEAD");

    /// <summary>Gets the status code of an answer that counts as a success too; 0 for none.</summary>
    public int AlsoGood { get; init; }

    /// <summary>Gets or sets the body.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>Gets the query as it is sent, without the question mark.</summary>
    public string QueryText
    {
        get
        {
            var text = new StringBuilder();
            for (var i = 0; i < Query.Count; i++)
            {
                text.Append(i > 0 ? "&" : "").Append(Query.NameAt(i)).Append('=').Append(Query.ValueAt(i));
            }

            return text.ToString();
        }
    }

    /// <summary>Returns the same request with a longer path.</summary>
    /// <param name="prefix">What the path begins with, encoded.</param>
    /// <returns>A request of its own, which can be signed.</returns>
    public ObjectRequest At(string prefix)
        => new(method, prefix + path) { Query = Query.Copy(), Headers = Headers.Copy(), Body = Body, AlsoGood = AlsoGood };

    /// <summary>Returns a text of which only letters, digits and <c>-._~</c> are left as they are.</summary>
    /// <param name="text">The text.</param>
    public static string Encode(string text) => Uri.EscapeDataString(text);

    /// <summary>Returns a path of which the slashes are left too.</summary>
    /// <param name="path">The path.</param>
    public static string EncodePath(string path)
    {
        var parts = path.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = Encode(parts[i]);
        }

        return string.Join('/', parts);
    }
}
