using Metaflow.Storage;

namespace Metaflow.Client;

/// <content>Changes of a run's tags.</content>
public sealed partial class RunHandle
{
    /// <summary>Adds a tag.</summary>
    /// <param name="tag">The tag. Nothing happens if the run already has it.</param>
    /// <exception cref="Errors.MetadataException">The tag is malformed (MF5006), or there are too many (MF5008).</exception>
    public void AddTag(string tag) => Completion.Of(() => AddTagAsync(tag));

    /// <summary>Removes a tag.</summary>
    /// <param name="tag">The tag. Nothing happens if the run does not have it.</param>
    /// <exception cref="Errors.MetadataException">It is a system tag (MF5007).</exception>
    public void RemoveTag(string tag) => Completion.Of(() => RemoveTagAsync(tag));

    /// <summary>Replaces a tag in one step.</summary>
    /// <param name="remove">The tag to remove.</param>
    /// <param name="add">The tag to add.</param>
    /// <exception cref="Errors.MetadataException">A tag is malformed (MF5006) or a system tag (MF5007), or there are too many
    /// (MF5008).</exception>
    public void ReplaceTag(string remove, string add) => Completion.Of(() => ReplaceTagAsync(remove, add));

    /// <summary>Adds and removes tags in one step.</summary>
    /// <param name="add">The tags to add.</param>
    /// <param name="remove">The tags to remove. A tag that is also added stays.</param>
    /// <exception cref="Errors.MetadataException">A tag is malformed (MF5006) or a system tag (MF5007), or there are too many
    /// (MF5008).</exception>
    public void ChangeTags(IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove)
        => Completion.Of(() => ChangeTagsAsync(add, remove));

    /// <inheritdoc cref="AddTag"/>
    /// <param name="tag">The tag. Nothing happens if the run already has it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the change is durable.</returns>
    public Task AddTagAsync(string tag, CancellationToken cancellationToken = default) => ChangeTagsAsync([tag], [], cancellationToken);

    /// <inheritdoc cref="RemoveTag"/>
    /// <param name="tag">The tag. Nothing happens if the run does not have it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the change is durable.</returns>
    public Task RemoveTagAsync(string tag, CancellationToken cancellationToken = default) => ChangeTagsAsync([], [tag], cancellationToken);

    /// <inheritdoc cref="ReplaceTag"/>
    /// <param name="remove">The tag to remove.</param>
    /// <param name="add">The tag to add.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the change is durable.</returns>
    public Task ReplaceTagAsync(string remove, string add, CancellationToken cancellationToken = default)
        => ChangeTagsAsync([add], [remove], cancellationToken);

    /// <inheritdoc cref="ChangeTags"/>
    /// <param name="add">The tags to add.</param>
    /// <param name="remove">The tags to remove. A tag that is also added stays.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the change is durable.</returns>
    public async Task ChangeTagsAsync(
        IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove, CancellationToken cancellationToken = default)
        => _record = await Context.Metadata.ChangeTagsAsync(FlowName, Id, add, remove, cancellationToken).ConfigureAwait(false);
}
